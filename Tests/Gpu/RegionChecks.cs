using ProbNet.Backends.Torch;
using ProbNet.Backends.Torch.Tests;
using ProbNet.Graph;

namespace ProbNet.Gpu;

/// <summary>Fused regions on the device beside the processor's.</summary>
internal static class RegionChecks
{
    public static IEnumerable<(string Name, Action Check)> All(Setting setting)
    {
        yield return ("functions", () => Compare(setting, RegionPrograms.Functions(), 32));
        yield return ("loads", () => Compare(setting, RegionPrograms.Loads(), 0));
        yield return ("draws", () => Compare(setting, RegionPrograms.Draws(), 64));
        yield return ("folds", () => Compare(setting, RegionPrograms.Folds(), 8));
        yield return ("updates", () => Compare(setting, RegionPrograms.Updates(), 2));
        yield return ("random programs", () => Compare(setting, Enumerable.Range(0, 40).Select(RandomProgram.Make), 128));
        yield return ("uniforms and signs have the same bits", () => Compare(setting,
            [new("bits", "space 65536;f32 v0 = uniform 0 1 2 9 32768;f32 v1 = randomSign 0 1 2 10 32768;f64 v2 = uniform 0 1 2 11 65536;out 65536 = v0;out 65536 = v1;out 65536 = v2",
                [HostTensor.Scalar(123456789012345L), HostTensor.Scalar(42L), HostTensor.Of([2], [5L, 1L << 33])], [])], 0));
    }

    private static void Compare(Setting setting, IEnumerable<RegionProgram> programs, double ulps)
    {
        foreach (var program in programs)
        {
            var expected = program.On(setting.Runtime, TorchDevice.Cpu);
            var actual = program.On(setting.Runtime, setting.Device);
            for (var i = 0; i < expected.Length; i++) Agreement.Check(expected[i], actual[i], ulps, 1, $"{program.Name}, result {i}");
        }
    }
}
