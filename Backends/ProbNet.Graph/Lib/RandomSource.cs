using System.Text;

namespace ProbNet.Graph;

/// <summary>
/// A place to draw random numbers from inside a graph: the counter (seed, step, draw) as graph values and a stream fixed by name.
/// Drawing is a pure function: the same source and shape give the same numbers, and <see cref="Named"/> gives an independent source.
/// </summary>
/// <param name="Seed">I64 [].</param>
/// <param name="Step">I64 [].</param>
/// <param name="Draw">I64 [d…]; results have its shape as leading axes.</param>
/// <param name="Stream">Which of the independent streams.</param>
public sealed record RandomSource(Tensor Seed, Tensor Step, Tensor Draw, uint Stream = 0)
{
    /// <summary>The independent source for <paramref name="name"/>, e.g. a site's name, within this one.</summary>
    public RandomSource Named(string name) => this with { Stream = Hash(Stream, name) };

    /// <summary>Uniform numbers on (0, 1): shape of <see cref="Draw"/> followed by <paramref name="shape"/>.</summary>
    public Tensor Uniform(DType type, Shape shape) => Make(OpCode.RandomUniform, type, shape);

    /// <summary>Standard normal numbers.</summary>
    public Tensor Normal(DType type, Shape shape) => Make(OpCode.RandomNormal, type, shape);

    /// <summary>-1 or 1 with equal probability.</summary>
    public Tensor Sign(DType type, Shape shape) => Make(OpCode.RandomSign, type, shape);

    /// <summary>Gamma numbers with the given shape parameters and rate 1; differentiable in the shape parameter.</summary>
    public Tensor Gamma(Tensor concentration) => Make(OpCode.RandomGamma, concentration);

    /// <summary>Poisson numbers with the given rates, as floating-point values.</summary>
    public Tensor Poisson(Tensor rate) => Make(OpCode.RandomPoisson, rate);

    /// <summary>
    /// Numbers of successes in the given numbers of trials with the given probabilities of success, as floating-point values; both tensors have
    /// the shape of the result.
    /// </summary>
    public Tensor Binomial(Tensor trials, Tensor probability) => Make(OpCode.RandomBinomial, trials, probability);

    private Tensor Make(OpCode op, DType type, Shape shape) =>
        Tensor.Create(op, [Seed, Step, Draw], new Attributes.RandomSpec(Stream, shape, type));

    private Tensor Make(OpCode op, params ReadOnlySpan<Tensor> parameters) =>
        Tensor.Create(op, [Seed, Step, Draw, .. parameters], new Attributes.RandomSpec(Stream, parameters[0].Shape[Draw.Rank..], parameters[0].DType));

    // FNV-1a over the parent stream and the UTF-8 bytes: stable across platforms and versions, which saved runs rely on.
    private static uint Hash(uint parent, string name)
    {
        var hash = 2166136261u;
        foreach (var b in BitConverter.GetBytes(parent)) hash = (hash ^ b) * 16777619u;
        foreach (var b in Encoding.UTF8.GetBytes(name)) hash = (hash ^ b) * 16777619u;
        return hash;
    }
}
