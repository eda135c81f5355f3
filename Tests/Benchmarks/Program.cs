using ProbNet.Benchmarks;

switch (args.FirstOrDefault())
{
    case "kernels": Kernels.Run(); return 0;
    default:
        Console.Error.WriteLine("usage: ProbNet.Benchmarks kernels");
        return 2;
}
