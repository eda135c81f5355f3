using ProbNet.Graph;
using ProbNet.Language.Distributions;

namespace ProbNet.Language.Tests.Distributions;

/// <summary>Closed-form divergences against integrals, and their defining properties.</summary>
public class KlLaws
{
    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var (q, p) in Kl.Known) pairs.Add(q.Name, p.Name);
            return pairs;
        }
    }

    /// <summary>E_q[log q - log p] as a sum over the integral's points.</summary>
    [Theory, MemberData(nameof(Pairs))]
    public void Is_the_expected_log_ratio(string qName, string pName)
    {
        foreach (var (q, p) in Instances(qName, pName))
        {
            var closed = Run.Value(Kl.TryBetween(q, p)!);
            Assert.Equal(q.Batch, closed.Shape);
            var integral = Integral.Of(q);
            var logP = LogDensities(p, integral);
            var expected = integral.Expect(i => integral.LogDensity[i] - logP[i]);
            Run.Close(closed[0], expected, 1e-6 * (1 + Math.Abs(expected)), $"KL({qName} || {pName}) of {Describe(q)} and {Describe(p)}");
            Assert.True(closed[0] > 0, $"KL({qName} || {pName}) = {closed[0]:R}");
        }
    }

    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Is_zero_between_equals_and_positive_between_others(string name)
    {
        foreach (var (at, _, what) in Laws.Probes(name, nameof(Is_zero_between_equals_and_positive_between_others)))
        {
            Assert.True(Kl.TryBetween(at, at) is not null, $"{what}: no closed form, and no exemption says why");
            var size = 1 + at.Arguments.Max(a => Run.Value(a).ToDoubles().Max(Math.Abs));
            Assert.True(Math.Abs(Run.Number(Kl.TryBetween(at, at)!)) <= 1e-14 * size, $"{what}: {Run.Number(Kl.TryBetween(at, at)!)}");
        }
        foreach (var (at, _, what) in Laws.Typical(name, nameof(Is_zero_between_equals_and_positive_between_others)))
        {
            for (var variant = 0; variant < 4; variant++)
                Assert.True(Run.Number(Kl.TryBetween(at, Run.Moved(at, 1e-3, variant))!) > 0, what);
        }
    }

    /// <summary>With its gradients, between any two members of a family that the probes describe.</summary>
    [Theory, MemberData(nameof(Laws.Families), MemberType = typeof(Laws))]
    public void Is_finite_between_extremes(string name)
    {
        var all = Laws.Probes(name, nameof(Is_finite_between_extremes)).Select(p => p.At).ToArray();
        foreach (var (q, p) in all.SelectMany(q => all.Select(p => (q, p))))
        {
            if (Kl.TryBetween(q, p) is not { } kl) continue;
            var results = Run.Values([kl, .. Vjp.Gradients(kl, [.. q.Arguments, .. p.Arguments])]);
            Assert.All(results, r => Assert.All(r.ToDoubles(), v => Assert.True(double.IsFinite(v), $"{name}: {Describe(q)} and {Describe(p)}: {r}")));
            Assert.True(ReferenceEquals(q, p) || results[0][0] > 0, $"{name}: {Describe(q)} and {Describe(p)}: {results[0]}");
        }
    }

    [Fact]
    public void Pairs_without_a_closed_form_are_null()
    {
        var normal = Normal.Of(Number(0.3), Number(1.2));
        Assert.Null(Kl.TryBetween(normal, NormalScaleMixture.Of(Number(0.3), Number(1.2), Number(0.1))));
        Assert.Null(Kl.TryBetween(normal.Iid([3]), normal));
        var labels = Categorical.Of(Run.Constants(DType.F64, [3], [1, 2, 3]));
        Assert.Null(Kl.TryBetween(labels, Categorical.Of(Run.Constants(DType.F64, [1], [1]))));
    }

    // q typical and moved; p moved from q where the families agree, else typical in its own way. A p of fewer event axes stands once for
    // each component.
    private static IEnumerable<(Instance Q, Instance P)> Instances(string qName, string pName)
    {
        var (family, other) = (Laws.Family(qName), Laws.Family(pName));
        for (var variant = 0; variant < 3; variant++)
        {
            var q = Run.Moved(Run.At(family, family.Probes[0]), 0.3, variant);
            var p = family == other ? Run.Moved(q, 0.4, variant + 5) : Run.Moved(Run.At(other, other.Probes[0]), 0.3, variant + 5);
            yield return (q, other.EventRank < family.EventRank ? p.Iid(q.EventShape) : p);
        }
    }

    private static double[] LogDensities(Instance p, Integral integral)
    {
        var many = p.Iid([integral.Count]);
        var log = many.LogDensity(TensorMath.Constant(integral.Points));
        return Run.Value(TensorMath.SumLast(log, log.Rank - 1)).ToDoubles();
    }

    private static Tensor Number(double value) => Run.Constants(DType.F64, [], [value]);

    private static string Describe(Instance at) => string.Join("; ", at.Arguments.Select(a => Run.Value(a)));
}
