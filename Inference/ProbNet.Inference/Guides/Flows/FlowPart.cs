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
        var sites = Sites.Map(scope.AtHand);
        EqArray<Tensor> unconstrained = sites.Map(s => s.Bijector.Inverse(values[s.Name]));
        var (loc, scale) = (scope[Name + ".loc"], Softplus(scope[Name + ".rho"]));
        var x = (Concat(unconstrained.Map(Flat), 0) - loc) / scale;
        var log = -SumAll(Log(scale));
        for (var layer = _flow.Layers - 1; layer >= 0; layer--)
        {
            if (_flow.Inverse(layer, x, Of(scope, layer)) is not { } inverse) return null;
            x = inverse.Value;
            log -= inverse.LogDeterminant;
        }
        log += LogBase(x);
        foreach (var (site, u) in sites.Zip(unconstrained)) log -= SumAll(site.Bijector.LogDetJacobian(u));
        return [Term(log)];
    }

    /// <inheritdoc/>
    public override Tensor? StartAt(GuideParameter parameter, IReadOnlyDictionary<string, Tensor> places) =>
        parameter.Name == Name + ".loc" ? Concat(Sites.Map(s => Flat(places[s.Name])), 0) : null;

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

    private static Tensor Flat(Tensor x) => Reshape(x, [x.Shape.Size]);

    private static EqArray<GuideParameter> Declare(GuideContext context, FlowGuide flow, EqArray<GuideSite> sites, int dimension)
    {
        var names = sites.Map(s => s.Name);
        return
        [
            new(context.Name + ".loc", [dimension], names, random => Concat(sites.Map(s => Flat(Initial.Location(s, random.Named(s.Name)))), 0)),
            new(context.Name + ".rho", [dimension], names, _ => Concat(sites.Map(s =>
                Full(context.Precision, [s.UnconstrainedShape.Size], Initial.InverseSoftplus(Initial.Scale(s, flow.InitialScale)))), 0)),
            .. Enumerable.Range(0, flow.Layers).SelectMany(l => flow.Declare($"{context.Name}.{l + 1}.", l, dimension, context.Precision)).Select(p => p with { Sites = names }),
        ];
    }
}
