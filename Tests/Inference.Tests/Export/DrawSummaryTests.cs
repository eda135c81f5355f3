using ProbNet.Graph;
using ProbNet.Inference.Export;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Export;

/// <summary>Summaries over draws as graphs, chunk by chunk, against sums over all draws written out.</summary>
public sealed class DrawSummaryTests
{
    private const int Rows = 5, Classes = 3, Chunk = 2, Draws = 6;

    private static double[] Values(int count, long seed, double low, double high)
    {
        var random = new RandomSource(Constant(HostTensor.Scalar(seed)), Constant(HostTensor.Scalar(0)), Constant(HostTensor.Scalar(0)));
        return [.. Reference.Evaluate(new TensorGraph([], [("u", random.Uniform(DType.F64, [count]))]), [])[0].ToDoubles().Select(u => low + (high - low) * u)];
    }

    // The state after all chunks, and the results of it; the per-draw values are read chunk by chunk.
    private static Dictionary<string, double[]> Run(Func<Tensor, Tensor, Tensor, DrawSummary> build, Shape one, double[] first, Shape other, double[] second)
    {
        var (x, y, before) = (Input("x", DType.F64, one.Prepend(Chunk)), Input("y", DType.F64, other.Prepend(Chunk)), Input("before", DType.F64, []));
        var summary = build(x, y, before);
        var step = new TensorGraph([x, y, before, .. summary.State], summary.Next.Select((n, i) => ($"{i}", n)));
        HostTensor[] state = [.. summary.State.Select(s => HostTensor.Zeros(s.DType, s.Shape))];
        for (var start = 0; start < Draws; start += Chunk)
        {
            HostTensor Part(Shape shape, double[] all) => HostTensor.Of(shape.Prepend(Chunk), all[(start * shape.Size)..((start + Chunk) * shape.Size)]);
            state = [.. Reference.Evaluate(step, [Part(one, first), Part(other, second), HostTensor.Scalar(DType.F64, start), .. state])];
        }
        var results = Reference.Evaluate(new TensorGraph(summary.State, summary.Results.Select(r => (r.Quantity, r.Value))), state);
        return summary.Results.Select((r, i) => (r.Quantity, results[i].ToDoubles().ToArray())).ToDictionary();
    }

    private static double Entropy(IEnumerable<double> p) => -p.Sum(q => q > 0 ? q * Math.Log(q) : 0);

    [Fact]
    public void OfClassesItIsThatOfAllDraws()
    {
        double[] p = Values(Draws * Rows * Classes, 3, 0, 1), logits = Values(Draws * Rows * Classes, 4, -700, 900);
        for (var i = 0; i < p.Length; i += Classes)
        {
            if (i % 4 == 0) p[i] = 0;
            var sum = p[i] + p[i + 1] + p[i + 2];
            for (var c = 0; c < Classes; c++) p[i + c] /= sum;
        }
        var found = Run((x, y, before) => DrawSummary.OfClasses("s", x, y, before, Draws), [Rows, Classes], p, [Rows, Classes], logits);
        double[] Mean(double[] x) => [.. Enumerable.Range(0, Rows * Classes).Select(i => Enumerable.Range(0, Draws).Average(s => x[s * Rows * Classes + i]))];
        var mean = Mean(p);
        Close(Mean(logits), found["logits"]);
        Close(mean, found["probabilities"]);
        Close(mean.Select(m => m * (1 - m)), found["variance"]);
        Close(mean.Select((m, i) => Enumerable.Range(0, Draws).Average(s => Math.Pow(p[s * Rows * Classes + i] - m, 2))), found["epistemic_variance"]);
        Close(mean.Select((_, i) => Enumerable.Range(0, Draws).Average(s => p[s * Rows * Classes + i] * (1 - p[s * Rows * Classes + i]))), found["aleatoric_variance"]);
        var total = mean.Chunk(Classes).Select(Entropy).ToArray();
        Close(total, found["entropy"]);
        Close(total.Select((h, r) => h - Enumerable.Range(0, Draws).Average(s => Entropy(p.AsSpan((s * Rows + r) * Classes, Classes).ToArray()))), found["mutual_information"]);
    }

    [Fact]
    public void OfNumbersItIsThatOfAllDrawsInTheUnitsOfTheFile()
    {
        // Means far from 0, of which small differences are wanted.
        double[] mean = Values(Draws * Rows, 5, 1e7, 1e7 + 1), variance = Values(Draws * Rows, 6, 0.1, 3);
        var found = Run((x, y, before) => DrawSummary.OfNumbers("s", x, y, before, Draws, (m => 7 + 3 * m, v => 9 * v)), [Rows], mean, [Rows], variance);
        double[] centre = [.. Enumerable.Range(0, Rows).Select(r => Enumerable.Range(0, Draws).Average(s => mean[s * Rows + r]))];
        double[] aleatoric = [.. Enumerable.Range(0, Rows).Select(r => 9 * Enumerable.Range(0, Draws).Average(s => variance[s * Rows + r]))];
        double[] epistemic = [.. centre.Select((m, r) => 9 * Enumerable.Range(0, Draws).Average(s => Math.Pow(mean[s * Rows + r] - m, 2)))];
        Close(centre.Select(m => 7 + 3 * m), found["mean"]);
        Close(aleatoric, found["aleatoric_variance"]);
        Close(epistemic, found["epistemic_variance"], 1e-8);
        Close(aleatoric.Zip(epistemic, (a, e) => a + e), found["variance"], 1e-8);
    }

    private static void Close(IEnumerable<double> expected, double[] found, double bound = 1e-12)
    {
        var all = expected.ToArray();
        Assert.Equal(all.Length, found.Length);
        Assert.All(all.Zip(found), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= bound * Math.Max(1, Math.Abs(pair.First)), $"{pair.Second} is not {pair.First}"));
    }
}
