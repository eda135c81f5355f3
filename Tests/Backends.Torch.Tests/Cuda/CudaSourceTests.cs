using System.Globalization;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>The CUDA source of regions, without a device: compiled as C++ against a header that stands for one, it gives what the CPU's interpreter gives.</summary>
public class CudaSourceTests
{
    [KernelFact]
    public void Kernels_compute_what_the_cpu_computes()
    {
        Check([.. RegionPrograms.Functions(), .. RegionPrograms.Loads(), .. RegionPrograms.Draws(), .. RegionPrograms.Updates()], 24);
    }

    [KernelFact]
    public void Kernels_fold_what_the_cpu_folds()
    {
        // Sums of many terms in double precision, in another order.
        Check([.. RegionPrograms.Folds()], 1024);
    }

    [KernelFact]
    public void Kernels_of_random_programs_compute_what_the_cpu_computes()
    {
        Check([.. Enumerable.Range(0, 40).Select(seed => RandomProgram.Make(seed))], 64);
    }

    [TorchFact]
    public void A_program_that_writes_and_folds_has_its_fold_first()
    {
        var source = TorchTestRuntime.Runtime.RegionSource("space 64;f32 v0 = load 0;f32 v1 = neg v0;set 0 = v1;out 8 = sum v0 rows 8;out 8 = sum v0 columns 8");
        Assert.True(source.IndexOf("r2[column", StringComparison.Ordinal) > source.IndexOf("r1[row]", StringComparison.Ordinal), source);
        Assert.True(source.IndexOf("r0[e", StringComparison.Ordinal) > source.IndexOf("r1[row]", StringComparison.Ordinal), source);
    }

    // Threads in either order: what depends on it is a race.
    private static void Check(RegionProgram[] programs, double ulps)
    {
        using var emulated = Emulated.Compile(programs);
        for (var i = 0; i < programs.Length; i++)
        {
            var expected = programs[i].On(TorchTestRuntime.Runtime, TorchDevice.Cpu);
            var actual = emulated.Run(i, backwards: false);
            Assert.Equal(actual, emulated.Run(i, backwards: true), ExactComparer.Instance);
            for (var k = 0; k < expected.Length; k++)
            {
                // Sums cancel: what they are made of is the scale.
                Compare.Close(expected[k], actual[k], ulps, 1, string.Create(CultureInfo.InvariantCulture, $"{programs[i].Name}, result {k}"));
            }
        }
    }

    private sealed class ExactComparer : IEqualityComparer<HostTensor>
    {
        public static ExactComparer Instance { get; } = new();

        public bool Equals(HostTensor? x, HostTensor? y) => x is not null && y is not null && x.Shape == y.Shape
            && Enumerable.Range(0, x.Data.Length).All(i => x.DType.IsFloat() ? BitConverter.DoubleToInt64Bits(x[i]) == BitConverter.DoubleToInt64Bits(y[i]) : x.Data.GetValue(i)!.Equals(y.Data.GetValue(i)));

        public int GetHashCode(HostTensor value) => value.Shape.GetHashCode();
    }
}

/// <summary>A test that needs libtorch and a C++ compiler: skipped with the reason where one is missing, unless PROBNET_REQUIRE_TORCH=1, when it then fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KernelFactAttribute : FactAttribute
{
    public KernelFactAttribute()
    {
        if (TorchTestRuntime.IsRequired) return;
        Skip = TorchTestRuntime.Missing ?? (Emulated.HasCompiler ? null : "no g++ to compile CUDA sources with");
    }
}
