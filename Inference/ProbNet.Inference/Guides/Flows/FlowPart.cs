using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>A flow as a factor of a guide.</summary>
internal sealed class FlowPart : GuidePart
{
    private readonly FlowGuide _flow;
    private readonly int _dimension;

    public FlowPart(GuideContext context, FlowGuide flow, EqArray<GuideSite> sites, int dimension) : base(context.Name, flow, sites, Declare(context, flow, sites, dimension)) =>
        (_flow, _dimension) = (flow, dimension);

    /// <inheritdoc/>
    public override PartDraw Draw(GuideScope scope)
    {
        var (loc, scale) = (scope[Name + ".loc"], Softplus(scope[Name + ".rho"]));
        var noise = scope.Random.Named(Name).Normal(loc.DType, [_dimension]);
        var (value, determinant) = Forward(scope, noise);
        var (centre, _) = Forward(scope, ZerosLike(noise));
        var log = LogBase(noise) - determinant - SumAll(Log(scale));
        var (joint, middle) = (loc + scale * value, loc + scale * centre);
        var (draws, start) = (new List<SiteDraw>(), 0);
        foreach (var site in Sites.Map(scope.AtHand))
        {
            var (size, offset) = (site.UnconstrainedShape.Size, start);
            var unconstrained = Own(joint).WithOrigin(site.Site.Origin);
            log -= SumAll(site.Bijector.LogDetJacobian(unconstrained));
            draws.Add(new SiteDraw(site, Rows(site.Constrain(unconstrained)), Rows(Own(middle))) { Unconstrained = Rows(unconstrained) });
            start += size;

            Tensor Own(Tensor all) => Reshape(SliceAxis(all, 0, offset, offset + size), site.UnconstrainedShape);
            Tensor Rows(Tensor all) => site.PerRow ? scope.Rows.Take(all) : all;
        }
        return new(draws.ToEqArray(), [Term(log)]);
    }

    /// <inheritdoc/>
    public override EqArray<LogTerm>? LogDensityOf(GuideScope scope, IReadOnlyDictionary<string, Tensor> values)
    {
        // A batch of rows has not the values of all.
        if (scope.Rows.Index is not null && Sites.Any(s => s.PerRow)) return null;
        var (components, logDetJacobian) = JointSites.Unconstrained(this, scope, values);
        var (loc, scale) = (scope[Name + ".loc"], Softplus(scope[Name + ".rho"]));
        var x = (components - loc) / scale;
        var log = -SumAll(Log(scale));
        for (var layer = _flow.Layers - 1; layer >= 0; layer--)
        {
            if (_flow.Inverse(layer, x, Of(scope, layer)) is not { } inverse) return null;
            x = inverse.Value;
            log -= inverse.LogDeterminant;
        }
        return [Term(log + LogBase(x) - logDetJacobian)];
    }

    /// <inheritdoc/>
    public override Tensor? StartAt(GuideParameter parameter, IReadOnlyDictionary<string, Tensor> places) => JointSites.StartAt(this, parameter, places);

    /// <summary>The layers in turn: T(x) and log |det dT|.</summary>
    internal (Tensor Value, Tensor LogDeterminant) Forward(GuideScope scope, Tensor x)
    {
        var total = Like(x, 0);
        for (var layer = 0; layer < _flow.Layers; layer++)
        {
            (x, var determinant) = _flow.Forward(layer, x, Of(scope, layer));
            total += determinant;
        }
        return (x, total);
    }

    private Func<string, Tensor> Of(GuideScope scope, int layer) => parameter => scope[$"{Name}.{layer + 1}.{parameter}"];

    private LogTerm Term(Tensor log) => new(Sites.Count == 1 ? Sites[0].Name : Name, log, false);

    private static Tensor LogBase(Tensor noise) => SumAll(Square(noise) * -0.5 - 0.5 * Math.Log(2 * Math.PI));

    private static EqArray<GuideParameter> Declare(GuideContext context, FlowGuide flow, EqArray<GuideSite> sites, int dimension) =>
    [
        JointSites.Locations(context, sites),
        JointSites.Scales(context, sites, s => Initial.Scale(s, flow.InitialScale)),
        .. Enumerable.Range(0, flow.Layers).SelectMany(l => flow.Declare($"{context.Name}.{l + 1}.", l, dimension, context.Precision)).Select(p => p with { Sites = sites.Map(site => site.Name) }),
    ];
}
