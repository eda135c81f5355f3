using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

/// <summary>A model with sites of every kind that guides see, and guide families on those of them that they accept.</summary>
internal static class FamilyFixture
{
    public const int Rows = 5;

    // Sites of every continuous support that the language has priors for, weights, and a plate over rows.
    public static readonly BoundModel Model = ModelBuilder.Bind(Rows, ["y"], b =>
    {
        var real = b.Draw("g.real", Normal.Of(b.Real(0.2), b.Real(1.4)).Iid([2, 3]));
        var positive = b.Draw("g.positive", Gamma.Of(b.Real(2), b.Real(1.3)).Iid([2]));
        var unit = b.Draw("g.unit", Beta.Of(b.Real(2), b.Real(1.3)));
        var own = b.Draw("own", Normal.Of(b.Real(0), b.Real(0.8)).Iid([b.Rows, 3]), perRow: true);
        var hidden = MatMul(b.PerRow("x", [2]), real);
        b.Draw("y", Normal.Of(Sum(own + hidden, -1) + SumAll(positive) + unit, b.Real(1)), perRow: true);
    });

    /// <summary>All families of the registry, and some with other options.</summary>
    public static IEnumerable<GuideFamily> All =>
    [
        .. GuideRegistry.Families.All,
        new LowRankGuide { Rank = 2 }, new LowRankGuide { Rank = 3, Joint = true },
        new KroneckerGuide { RowFactor = "diagonal" }, new KroneckerGuide { ColumnFactor = "diagonal" }, new KroneckerGuide { RowFactor = "diagonal", ColumnFactor = "diagonal" },
    ];

    /// <summary>The family on all sites, on all but the plate over rows, or else on each site that it accepts; independent normals on the rest.</summary>
    public static GuidePlan PlanOf(GuideFamily family)
    {
        foreach (var pattern in (string?[])[null, "g.*"])
        {
            EqArray<GuideClause> clauses = pattern is null ? [new(family)] : [new(family, pattern), new(new NormalGuide())];
            if (GuidePlan.For(Model, clauses).Value is { } plan) return plan;
        }
        string[] names = ["g.real", "g.positive", "g.unit", "own"];
        var accepted = names.Where(n => GuidePlan.For(Model, [new(family, n), new(new NormalGuide())]).Value is not null).ToArray();
        Assert.True(accepted.Length > 0, $"{family} refuses every site, and the laws say nothing of it: {GuidePlan.For(Model, [new(family)]).Diagnostics[0].Message}");
        EqArray<GuideClause> each = [.. accepted.Select(n => new GuideClause(family, n))];
        return GuidePlan.For(Model, accepted.Length == names.Length ? each : [.. each, new(new NormalGuide())]).Required;
    }
}

/// <summary>A guide's draw as expressions over its parameters and counters.</summary>
internal sealed class FamilyDraw
{
    public FamilyDraw(GuidePlan plan, RowView? rows = null)
    {
        Plan = plan;
        Parameters = plan.Parameters.ToDictionary(p => p.Name, p => Input(p.Name, DType.F64, p.Shape));
        Scope = new(Parameters, new RandomSource(Constant(HostTensor.Scalar(3)), Step, Draw), rows ?? RowView.All(FamilyFixture.Rows));
        Parts = [.. plan.Parts.Select(p => p.Draw(Scope))];
    }

    public GuidePlan Plan { get; }

    public Dictionary<string, Tensor> Parameters { get; }

    public Tensor Step { get; } = Input("step", DType.I64, []);

    public Tensor Draw { get; } = Input("draw", DType.I64, []);

    public GuideScope Scope { get; }

    public PartDraw[] Parts { get; }

    public SiteDraw[] Sites => [.. Parts.SelectMany(p => p.Sites)];

    /// <summary>log q of the draw.</summary>
    public Tensor LogDensity => Add(Parts.SelectMany(p => p.LogDensity).Select(t => t.Value));

    /// <summary>The draw in unconstrained space, all sites' components in one vector.</summary>
    public Tensor Unconstrained => Concat(Sites.Select(s => Flat(s.Site.Bijector.Inverse(s.Value))), 0);

    /// <summary>log |d value / d unconstrained| of the draw.</summary>
    public Tensor LogDetJacobian => Add(Sites.Select(s => s.Site.Bijector.LogDetJacobian(s.Site.Bijector.Inverse(s.Value))));

    public static Tensor Flat(Tensor x) => Reshape(x, [x.Shape.Size]);

    public static Tensor Add(IEnumerable<Tensor> terms) => terms.Aggregate(Constant(DType.F64, 0), (sum, t) => sum + SumAll(t));

    /// <summary>The values of expressions.</summary>
    public HostTensor[] At(IEnumerable<Tensor> outputs, IReadOnlyDictionary<string, HostTensor> parameters, long step = 0, long draw = 0, params (Tensor Input, HostTensor Value)[] given)
    {
        var graph = new TensorGraph([.. Parameters.Values, Step, Draw, .. given.Select(g => g.Input)], outputs.Select((o, i) => ($"{i}", o)));
        return [.. Reference.Evaluate(graph, [.. Parameters.Keys.Select(p => parameters[p]), HostTensor.Scalar(step), HostTensor.Scalar(draw), .. given.Select(g => g.Value)])];
    }

    /// <summary>The values of an expression in draws 0, 1, …, each of the expression's size.</summary>
    public double[][] Draws(Tensor output, IReadOnlyDictionary<string, HostTensor> parameters, int count)
    {
        var many = Vmap.Batch([output], new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance) { [Draw] = Iota([count], 0) }, count)[0];
        return [.. At([many], parameters)[0].ToDoubles().Chunk(Math.Max(1, output.Shape.Size))];
    }
}
