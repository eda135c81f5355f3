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
var asked = Value("--device") ?? "cuda";
TorchDevice? known = asked switch
{
    "cpu" => TorchDevice.Cpu,
    "cuda" => new TorchDevice(0),
    _ when asked.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(asked["cuda:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new TorchDevice(number),
    _ => null,
};
if (known is not { } device)
{
    Console.Error.WriteLine($"'{asked}' is no device: cuda, cuda:N or cpu");
    return 2;
}
if (device.Cuda is { } wanted && wanted >= runtime.CudaDevices)
{
    Console.Error.WriteLine($"There is no device {asked}: libtorch {runtime.Info.Version} finds {runtime.CudaDevices}. With --device cpu the same checks run on the processor.");
    return 2;
}
Console.WriteLine($"libtorch {runtime.Info.Version}, {(device.Cuda is { } index ? runtime.Info.Devices[index] : "CPU")}");
var setting = new Setting(runtime, device, args.Contains("--quick"));
var failed = false;
if (verb is "bench" or "all") Bench.Run(setting, Value("--peers"), Console.Out);
if (verb is "check" or "all") failed = !Checks.Run(setting, Console.Out);
return failed ? 1 : 0;

string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
