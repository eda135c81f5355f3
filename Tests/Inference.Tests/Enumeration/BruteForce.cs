using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Enumeration;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Enumeration;

/// <summary>Sums over all configurations of discrete sites one after the other, from the model as written.</summary>
internal static class BruteForce
{
    /// <summary>Every configuration of the model's latent discrete sites with the joint log-density there.</summary>
    /// <param name="model">The model as written.</param>
    /// <param name="isObserved">Which sites are observed.</param>
    /// <param name="values">Values of all holes but those of discrete latent sites, by name.</param>
    public static List<(Dictionary<string, long[]> Labels, double LogDensity)> Configurations(ModelGraph model, Func<Site, bool> isObserved, IReadOnlyDictionary<string, HostTensor> values)
    {
        var sites = model.Sites.Where(s => !isObserved(s)).Select(DiscreteSite.Of).OfType<DiscreteSite>().ToArray();
        Tensor[] holes = [.. model.Arguments.Select(a => a.Value), .. model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Value)];
        var total = model.Sites.Select(s => SumAll(s.Distribution.LogDensity(s.Value))).Concat(model.Factors.Select(f => SumAll(f.LogDensity))).Aggregate((a, b) => a + b);
        var graph = new TensorGraph(holes, [("total", total)]);
        int[] radix = [.. sites.SelectMany(s => Enumerable.Repeat(s.Labels, s.Elements.Size))];
        var digits = new long[radix.Length];
        var result = new List<(Dictionary<string, long[]>, double)>();
        while (true)
        {
            var (labels, at) = (new Dictionary<string, long[]>(), 0);
            foreach (var site in sites)
            {
                labels[site.Site.Name] = digits[at..(at + site.Elements.Size)];
                at += site.Elements.Size;
            }
            var inputs = holes.Select(h => sites.FirstOrDefault(s => ReferenceEquals(s.Hole, h)) is { } s ? Value(s, labels[s.Site.Name]) : values[h.InputName()]).ToArray();
            result.Add((labels, Reference.Evaluate(graph, inputs)[0][0]));
            var i = 0;
            while (i < digits.Length && ++digits[i] == radix[i]) digits[i++] = 0;
            if (i == digits.Length) return result;
        }
    }

    public static double LogSum(IEnumerable<double> logs)
    {
        double[] all = [.. logs];
        var max = all.Max();
        return max + Math.Log(all.Sum(v => Math.Exp(v - max)));
    }

    private static HostTensor Value(DiscreteSite site, long[] labels) => site.Hole.DType == DType.I64
        ? HostTensor.Of(site.Hole.Shape, labels)
        : HostTensor.FromDoubles(site.Hole.DType, site.Hole.Shape, [.. labels.SelectMany(l => Enumerable.Range(0, site.Labels).Select(k => k == l ? 1.0 : 0))]);
}
