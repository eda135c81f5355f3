using ProbNet.Graph;
using ProbNet.Inference.Options;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Guides;

/// <summary>
/// Inverse autoregressive flow: each layer maps y_i = x_i exp(s_i(x_&lt;i)) + t_i(x_&lt;i), log |det dT| = sum s_i, all components at once; the order is reversed from layer to layer. With
/// h = tanh(W x + c), s = tanh(S h) and t = U h + V x, masked so that component i sees earlier ones only; S = U = V = 0 at the start.
/// </summary>
/// <remarks>
/// Source: Kingma, Salimans, Jozefowicz, Chen, Sutskever, Welling, Improved variational inference with inverse autoregressive flow, NeurIPS 2016, algorithm 1, with s unbounded below there;
/// masks, with the direct connections V, of Germain, Gregor, Murray, Larochelle, MADE: masked autoencoder for distribution estimation, ICML 2015: hidden unit k has degree 1 + k mod (D - 1), sees the
/// inputs up to it and is seen by the outputs above it. One layer with V alone is any normal with a triangular factor. The density of its own draws is cheap, that of other values needs D steps in
/// turn and is not offered. Parameters of layer l: <c>part.l.w</c> [H, D], <c>part.l.c</c> [H], <c>part.l.s</c>, <c>part.l.u</c> [D, H], <c>part.l.v</c> [D, D], of which the masked part is not used.
/// </remarks>
public sealed record IafGuide : FlowGuide
{
    /// <inheritdoc/>
    public override int Layers { get; init; } = 2;

    /// <summary>H.</summary>
    public int Hidden { get; init; } = 32;

    /// <inheritdoc/>
    public override double InitialScale { get; init; } = Initial.Fraction;

    /// <inheritdoc/>
    public override string Name => "iaf";

    /// <inheritdoc/>
    public override string Doc => "inverse autoregressive flow over all components of its sites together: each is moved by all before it";

    /// <inheritdoc/>
    public override string Source => "Kingma et al., Improved variational inference with inverse autoregressive flow, NeurIPS 2016";

    /// <inheritdoc/>
    public override EqArray<Option> Options =>
        [.. Common<IafGuide>("number of layers; each reverses the order of the one before"), Option.Integer<IafGuide>("hidden", "hidden units of each layer's net", 1, g => g.Hidden, (g, v) => g with { Hidden = v })];

    /// <inheritdoc/>
    protected override int LeastDimension => 2;

    internal override EqArray<GuideParameter> Declare(string name, int layer, int dimension, DType type) =>
    [
        Spread(name + "w", type, [Hidden, dimension], Math.Sqrt(1.0 / dimension)), Spread(name + "c", type, [Hidden], 0.5),
        Zero(name + "s", type, [dimension, Hidden]), Zero(name + "u", type, [dimension, Hidden]), Zero(name + "v", type, [dimension, dimension]),
    ];

    internal override (Tensor Value, Tensor LogDeterminant) Forward(int layer, Tensor x, Func<string, Tensor> of)
    {
        var dimension = x.Shape[0];
        // Ranks of the components in this layer's order, and degrees of the hidden units: from 1.
        double[] rank = [.. Enumerable.Range(0, dimension).Select(i => layer % 2 == 0 ? i + 1.0 : dimension - i)];
        double[] degree = [.. Enumerable.Range(0, Hidden).Select(k => 1.0 + k % (dimension - 1))];
        var input = Mask(degree, rank, (d, r) => d >= r, x.DType);
        var output = Mask(rank, degree, (r, d) => r > d, x.DType);
        var direct = Mask(rank, rank, (r, q) => r > q, x.DType);
        var hidden = Tanh(Times(of("w") * input, x) + of("c"));
        var scale = Tanh(Times(of("s") * output, hidden));
        return (x * Exp(scale) + Times(of("u") * output, hidden) + Times(of("v") * direct, x), SumAll(scale));
    }

    private static Tensor Mask(double[] rows, double[] columns, Func<double, double, bool> isSeen, DType type) =>
        Constant(HostTensor.FromDoubles(type, [rows.Length, columns.Length], [.. rows.SelectMany(r => columns.Select(c => isSeen(r, c) ? 1.0 : 0.0))]));
}
