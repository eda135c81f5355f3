using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Planar flow: each layer is T(x) = x + û tanh(w·x + b), log |det dT| = log(1 + (1 - tanh^2) w·û). Invertible as long as w·û > -1, so û = u + (m(w·u) - w·u) w / |w|^2 with
/// m(a) = softplus(a + log(e - 1)) - 1, which is above -1 and 0 at 0: u = 0 is the identity.
/// </summary>
/// <remarks>Source: Rezende and Mohamed, Variational inference with normalizing flows, ICML 2015, eq. 10–12 and appendix A.1, whose m(a) = softplus(a) - 1 is shifted here. Parameters of layer l: <c>part.l.w</c>, <c>part.l.u</c> [D], <c>part.l.b</c> [].</remarks>
public sealed record PlanarGuide : FlowGuide
{
    // Where softplus is 1.
    private static readonly double Shift = Math.Log(Math.E - 1);

    /// <inheritdoc/>
    public override int Layers { get; init; } = 8;

    /// <inheritdoc/>
    public override double InitialScale { get; init; } = Initial.Fraction;

    /// <inheritdoc/>
    public override string Name => "planar";

    /// <inheritdoc/>
    public override string Doc => "a flow of planar layers over all components of its sites together";

    /// <inheritdoc/>
    public override string Source => "Rezende and Mohamed, Variational inference with normalizing flows, ICML 2015";

    /// <inheritdoc/>
    public override EqArray<Option> Options => Common<PlanarGuide>("number of layers, each a bend along one direction");

    internal override EqArray<GuideParameter> Declare(string name, int layer, int dimension, DType type) =>
        [Spread(name + "w", type, [dimension], Math.Sqrt(1.0 / dimension)), Zero(name + "u", type, [dimension]), Spread(name + "b", type, [], 0.5)];

    internal override (Tensor Value, Tensor LogDeterminant) Forward(int layer, Tensor x, Func<string, Tensor> of)
    {
        var (w, u) = (of("w"), of("u"));
        var along = SumAll(w * u);
        var moved = Softplus(along + Shift) - 1;
        var direction = u + w * ((moved - along) / SumAll(Square(w)));
        var bend = Tanh(SumAll(w * x) + of("b"));
        return (x + direction * bend, Log1p((1 - Square(bend)) * moved));
    }
}
