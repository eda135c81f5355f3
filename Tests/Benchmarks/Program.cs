using System.Text.Json;
using ProbNet.Benchmarks;

var filter = args.Length > 1 ? args[1] : "";
switch (args.FirstOrDefault())
{
    case "compare": Comparison.Run(ComparisonOptions.Parse(args[1..]), Console.Out); return 0;
    case "roofline": Roofline.Run(Console.Out); return 0;
    case "slopes": Slopes.Run(Console.Out); return 0;
    case "point": Console.Out.Write(JsonSerializer.Serialize(JsonSerializer.Deserialize<Point>(filter)!.Measured())); return 0;
    case "dotnet": KernelBenchmarks.RunAll(filter); return 0;
    case "start" when args.Length == 3: return Start.Run(args[1], args[2], Console.Out);
    case "kernels": Kernels.Run(); Convolutions.Run(); return 0;
    case "convolutions": Convolutions.Run(); return 0;
    case "forms": ConvolutionForms.Run(filter); return 0;
    case "steps": Steps.Run(filter); return 0;
    case "torch": TorchSteps.Run(filter, args.Length > 2 ? int.Parse(args[2]) : 1); return 0;
    case "profile": Steps.Profile(filter); return 0;
    default:
        Console.Error.WriteLine("usage: ProbNet.Benchmarks compare [--quick] [--no-python] [--json FILE] [--only NAME] | roofline | slopes | start COMMAND EXAMPLES | dotnet [filter] | kernels | convolutions | forms | steps [name] | profile [name]");
        return 2;
}
