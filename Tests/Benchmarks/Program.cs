using ProbNet.Benchmarks;

var filter = args.Length > 1 ? args[1] : "";
switch (args.FirstOrDefault())
{
    case "compare": Comparison.Run(ComparisonOptions.Parse(args[1..]), Console.Out); return 0;
    case "kernels": Kernels.Run(); Convolutions.Run(); return 0;
    case "convolutions": Convolutions.Run(); return 0;
    case "steps": Steps.Run(filter); return 0;
    case "profile": Steps.Profile(filter); return 0;
    default:
        Console.Error.WriteLine("usage: ProbNet.Benchmarks compare [--quick] [--no-python] [--json FILE] [--only NAME] | kernels | convolutions | steps [name] | profile [name]");
        return 2;
}
