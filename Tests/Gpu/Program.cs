using System.Globalization;
using ProbNet.Backends.Torch;
using ProbNet.Gpu;

// check|bench|all --shim FILE [--device cuda|cuda:N|cpu] [--quick] [--peers FILE]: checks print a line each; the last line is "N passed, N failed".
var verb = args.FirstOrDefault() ?? "";
if (verb is not ("check" or "bench" or "all") || Value("--shim") is not { } shim)
{
    Console.Error.WriteLine("usage: ProbNet.Gpu check|bench|all --shim FILE [--device cuda[:N]|cpu] [--quick] [--peers FILE]");
    return 2;
}
using var runtime = ShimRuntime.Load(shim);
var device = (Value("--device") ?? "cuda") switch
{
    "cpu" => TorchDevice.Cpu,
    "cuda" => new TorchDevice(0),
    var word => new TorchDevice(int.Parse(word["cuda:".Length..], CultureInfo.InvariantCulture)),
};
Console.WriteLine($"libtorch {runtime.Info.Version}, {(device.Cuda is { } index ? runtime.Info.Devices[index] : "CPU")}");
var setting = new Setting(runtime, device, args.Contains("--quick"));
var failed = false;
if (verb is "bench" or "all") Bench.Run(setting, Value("--peers"), Console.Out);
if (verb is "check" or "all") failed = !Checks.Run(setting, Console.Out);
return failed ? 1 : 0;

string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
