using ProbNet.Backends.Torch;
using ProbNet.Benchmarks;
using ProbNet.Graph;

namespace ProbNet.Gpu;

/// <summary>A step that is timed.</summary>
/// <param name="Name">Its name, the same for all peers.</param>
/// <param name="Make">Makes it.</param>
/// <param name="Compute">What products are computed in.</param>
/// <param name="Operations">Floating-point operations of the products of a step, or 0 where their rate says little.</param>
internal sealed record Net(string Name, Func<IBackend, TrainingStep> Make, TorchCompute Compute = TorchCompute.F32, double Operations = 0);

/// <summary>The steps that are timed. The names of quick ones differ, so that no figure is taken for another.</summary>
internal static class Nets
{
    public static IEnumerable<Net> All(bool isQuick)
    {
        foreach (var estimator in new[] { "shared", "flipout" })
        {
            yield return new($"4-64-64-3 b32 {estimator}", b => TrainingStep.Mlp([4, 64, 64, 3], 32, 1024, estimator, 1, b));
            if (!isQuick) yield return new($"784-256-256-10 b512 {estimator}", b => TrainingStep.Mlp([784, 256, 256, 10], 512, 4096, estimator, 1, b));
        }
        var width = isQuick ? 128 : 4096;
        foreach (var compute in new[] { TorchCompute.TF32, TorchCompute.BF16 })
        {
            yield return new($"3 x {width} b{width} shared {compute.ToString().ToLowerInvariant()}", b => TrainingStep.Mlp([width, width, width, width], width, 2 * width, "shared", 1, b), compute, Products([width, width, width, width], width));
        }
        if (isQuick) yield return new("cnn b64 shared tf32", b => TrainingStep.Net(Residual(8, 1), [8, 8, 3], 10, 64, 128, "shared", b), TorchCompute.TF32);
        else yield return new("cnn of ResNet-18's size b256 shared tf32", b => TrainingStep.Net(Residual(64, 2), [32, 32, 3], 10, 256, 1024, "shared", b), TorchCompute.TF32);
    }

    // Forward, and gradients by the weights and, but for the first layer, by the inputs.
    private static double Products(int[] widths, int batch) => Enumerable.Range(1, widths.Length - 1).Sum(i => 2.0 * batch * widths[i - 1] * widths[i] * (i > 1 ? 3 : 2));

    /// <summary>
    /// Four stages of convolutions 3 x 3 with shortcuts around pairs of them, twice as wide and half as large from stage to stage; with 64 channels at first and two pairs a stage the
    /// layers of ResNet-18 on images of 32 x 32, in 11 million weights, without normalisation.
    /// </summary>
    private static string Residual(int channels, int pairs)
    {
        var lines = new List<string> { "module Net", "", $"model net (x : real[n, {(channels < 64 ? 8 : 32)}, {(channels < 64 ? 8 : 32)}, 3]) = prob {{", $"    let! s0 = x |> conv2d {channels} [3; 3] same" };
        var last = "relu s0";
        for (var stage = 0; stage < (channels < 64 ? 3 : 4); stage++)
        {
            if (stage > 0)
            {
                lines.Add($"    let! w{stage} = {last} |> maxPool2d [2; 2] |> conv2d {channels << stage} [3; 3] same");
                last = $"relu w{stage}";
            }
            for (var pair = stage > 0 ? 1 : 0; pair < pairs + (stage > 0 ? 1 : 0); pair++)
            {
                var name = $"{stage}{pair}";
                lines.Add($"    let! a{name} = {last} |> conv2d {channels << stage} [3; 3] same");
                lines.Add($"    let! b{name} = relu a{name} |> conv2d {channels << stage} [3; 3] same");
                lines.Add($"    let h{name} = {(last.StartsWith("relu", StringComparison.Ordinal) ? $"({last})" : last)} * 0.5 + b{name} * 0.5");
                last = $"relu h{name}";
            }
        }
        lines.AddRange([$"    let! logits = {last} |> flatten |> dense 10", "    let! y = categorical logits", "    return y", "}"]);
        return string.Join('\n', lines);
    }
}
