using System.Globalization;
using System.Text.Json;
using ProbNet.Benchmarks;

var filter = args.Length > 1 ? args[1] : "";
switch (args.FirstOrDefault())
{
    case "compare": return Comparison.Run(args[1..], Console.Out, Console.Error);
    case "serve" when args is [_, var form, var count]: return Server.Run(form == "quick", int.Parse(count, CultureInfo.InvariantCulture), Console.In, Console.Out);
    case "roofline": Roofline.Run(Console.Out); return 0;
    case "slopes": Slopes.Run(Console.Out); return 0;
    case "point": Console.Out.Write(JsonSerializer.Serialize(JsonSerializer.Deserialize<Point>(filter)!.Measured())); return 0;
    case "dotnet": KernelBenchmarks.RunAll(filter); return 0;
    case "start" when args.Length == 3: return Start.Run(args[1], args[2], Console.Out);
    case "kernels": Kernels.Run(); Convolutions.Run(); return 0;
    case "convolutions": Convolutions.Run(); return 0;
    case "forms": ConvolutionForms.Run(filter); return 0;
    case "steps": Steps.Run(filter); return 0;
    case "torch" when args.Length < 3: return TorchSteps.Run(filter, 1, Console.Out);
    case "torch" when int.TryParse(args[2], CultureInfo.InvariantCulture, out var threads) && threads > 0: return TorchSteps.Run(filter, threads, Console.Out);
    case "profile": Steps.Profile(filter); return 0;
    default:
        Console.Error.WriteLine($"usage: ProbNet.Benchmarks {ComparisonOptions.Usage} | roofline | slopes | start COMMAND EXAMPLES | dotnet [filter] | kernels | convolutions | forms | steps [name] | torch [name [threads]] | profile [name]");
        return 2;
}
