using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ProbNet.Benchmarks;

/// <summary>Kernels under BenchmarkDotNet: its statistics, its outlier treatment, its memory diagnoser. Runs in this process, so nothing is built.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private readonly Dictionary<string, Primitive> _made = [];
    private TrainingStep? _step;
    private EightSchools? _schools;

    /// <summary>Makes everything, each with numbers in.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _made[nameof(Product_512_784_256)] = Primitive.Product(512, 784, 256, 1);
        _made[nameof(Product_1024_1024_1024)] = Primitive.Product(1024, 1024, 1024, 1);
        _made[nameof(Product_512_256_10)] = Primitive.Product(512, 256, 10, 1);
        _made[nameof(Product_f64_512_784_256)] = Primitive.Product(512, 784, 256, 1, Graph.DType.F64);
        _made[nameof(Normals_65536)] = Primitive.Normals(65536, 1);
        _step = TrainingStep.Mlp([4, 64, 64, 3], 32, 128, "flipout", 1);
        _schools = new(1);
    }

    /// <summary>Gives the native memory back.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var work in _made.Values) work.Dispose();
        _step?.Dispose();
        _schools?.Dispose();
    }

    /// <summary>A matrix product, f32.</summary>
    [Benchmark]
    public void Product_512_784_256() => _made[nameof(Product_512_784_256)].Run();

    /// <summary>A matrix product, f32.</summary>
    [Benchmark]
    public void Product_1024_1024_1024() => _made[nameof(Product_1024_1024_1024)].Run();

    /// <summary>A matrix product with few columns, f32.</summary>
    [Benchmark]
    public void Product_512_256_10() => _made[nameof(Product_512_256_10)].Run();

    /// <summary>A matrix product, f64.</summary>
    [Benchmark]
    public void Product_f64_512_784_256() => _made[nameof(Product_f64_512_784_256)].Run();

    /// <summary>Standard normal numbers, f32.</summary>
    [Benchmark]
    public void Normals_65536() => _made[nameof(Normals_65536)].Run();

    /// <summary>A whole flipout step of 4-64-64-3 on 32 rows.</summary>
    [Benchmark]
    public void Step_4_64_64_3_flipout() => _step!.Run();

    /// <summary>The gradient of eight schools, f64.</summary>
    [Benchmark]
    public void Gradient_eight_schools() => _schools!.Run();

    /// <summary>Runs all or, with a filter such as <c>*Product*</c>, some.</summary>
    internal static void RunAll(string filter)
    {
        var config = ManualConfig.Create(DefaultConfig.Instance).AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "probnet-benchmarks"));
        BenchmarkSwitcher.FromTypes([typeof(KernelBenchmarks)]).Run(["--filter", filter.Length > 0 ? filter : "*"], config);
    }
}
