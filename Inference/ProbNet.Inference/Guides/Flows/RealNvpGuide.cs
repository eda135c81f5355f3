using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Affine coupling: each layer keeps one half a of the components and maps the other by y_b = x_b exp(s(a)) + t(a), log |det dT| = sum s(a); halves alternate. With
/// h = tanh(W a + c), s = tanh(S h) and t = U h + V a, S = U = V = 0 at the start. Its inverse costs what the layer costs.
/// </summary>
/// <remarks>
/// Source: Dinh, Sohl-Dickstein, Bengio, Density estimation using real NVP, ICLR 2017, eq. 4–8. The linear term V makes shears exact: two layers hold any correlation of two
/// components. Parameters of layer l: <c>part.l.w</c> [H, A], <c>part.l.c</c> [H], <c>part.l.s</c>, <c>part.l.u</c> [B, H], <c>part.l.v</c> [B, A] with A and B components in the halves.
/// </remarks>
public sealed record RealNvpGuide : FlowGuide
{
    /// <inheritdoc/>
    public override int Layers { get; init; } = 4;

    /// <summary>H.</summary>
    public int Hidden { get; init; } = 16;

    /// <inheritdoc/>
    public override double InitialScale { get; init; } = Initial.Fraction;

    /// <inheritdoc/>
    public override string Name => "realNvp";

    /// <inheritdoc/>
    public override string Doc => "a flow of affine couplings of two halves over all components of its sites together";

    /// <inheritdoc/>
    public override string Source => "Dinh, Sohl-Dickstein, Bengio, Density estimation using real NVP, ICLR 2017";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
        [.. Common<RealNvpGuide>("number of layers; neighbours move different halves"), Option.Integer<RealNvpGuide>("hidden", "hidden units of each layer's net", 1, g => g.Hidden, (g, v) => g with { Hidden = v })];

    /// <inheritdoc/>
    protected override int LeastDimension => 2;

    internal override EqArray<GuideParameter> Declare(string name, int layer, int dimension, DType type)
    {
        var (kept, moved) = Sizes(layer, dimension);
        return
        [
            Spread(name + "w", type, [Hidden, kept], Math.Sqrt(1.0 / kept)), Spread(name + "c", type, [Hidden], 0.5),
            Zero(name + "s", type, [moved, Hidden]), Zero(name + "u", type, [moved, Hidden]), Zero(name + "v", type, [moved, kept]),
        ];
    }

    internal override (Tensor Value, Tensor LogDeterminant) Forward(int layer, Tensor x, Func<string, Tensor> of)
    {
        var (kept, moved) = Split(layer, x);
        var (scale, shift) = Net(kept, of);
        return (Join(layer, kept, moved * Exp(scale) + shift), SumAll(scale));
    }

    internal override (Tensor Value, Tensor LogDeterminant)? Inverse(int layer, Tensor y, Func<string, Tensor> of)
    {
        var (kept, moved) = Split(layer, y);
        var (scale, shift) = Net(kept, of);
        return (Join(layer, kept, (moved - shift) * Exp(-scale)), SumAll(scale));
    }

    private static (Tensor Scale, Tensor Shift) Net(Tensor kept, Func<string, Tensor> of)
    {
        var hidden = Tanh(Times(of("w"), kept) + of("c"));
        return (Tanh(Times(of("s"), hidden)), Times(of("u"), hidden) + Times(of("v"), kept));
    }

    // The first ceil(D / 2) components are kept by even layers.
    private static (int Kept, int Moved) Sizes(int layer, int dimension)
    {
        var first = (dimension + 1) / 2;
        return layer % 2 == 0 ? (first, dimension - first) : (dimension - first, first);
    }

    private static (Tensor Kept, Tensor Moved) Split(int layer, Tensor x)
    {
        var (dimension, first) = (x.Shape[0], (x.Shape[0] + 1) / 2);
        var (head, tail) = (SliceAxis(x, 0, 0, first), SliceAxis(x, 0, first, dimension));
        return layer % 2 == 0 ? (head, tail) : (tail, head);
    }

    private static Tensor Join(int layer, Tensor kept, Tensor moved) => Concat(layer % 2 == 0 ? [kept, moved] : [moved, kept], 0);
}
