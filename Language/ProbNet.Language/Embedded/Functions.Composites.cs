using System.Runtime.CompilerServices;

namespace ProbNet.Language.Embedded;

public static partial class Functions
{
    /// <summary>A mixture whose component is not drawn but summed out: of the last batch axis of a distribution, one entry for each weight.</summary>
    /// <param name="weights">Probabilities [k].</param>
    /// <param name="components">A distribution whose last batch axis has size k.</param>
    /// <param name="file">The C# file, given by the compiler.</param>
    /// <param name="line">The C# line, given by the compiler.</param>
    public static Distribution Mixture(Tensor weights, Distribution components, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Distribution.Made(file, line, "mixture", s => [weights.In(s), components.In(s)]);

    /// <summary>A mixture of distributions over the same kind of value: <c>Mixture(weights, [Exponential(1), Gamma(20, 2)])</c>.</summary>
    /// <param name="weights">Probabilities [k].</param>
    /// <param name="components">k distributions.</param>
    /// <param name="file">The C# file, given by the compiler.</param>
    /// <param name="line">The C# line, given by the compiler.</param>
    public static Distribution Mixture(Tensor weights, Distribution[] components, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Distribution.Made(file, line, "mixture", s => [weights.In(s), Session.List(components.Select(c => c.In(s)))]);

    /// <summary>Counts that are 0 with probability <paramref name="p"/> and drawn from a distribution otherwise.</summary>
    public static Distribution ZeroInflated(Tensor p, Distribution counts, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Distribution.Made(file, line, "zeroInflated", s => [p.In(s), counts.In(s)]);

    /// <summary>A scalar known to lie between low and high; an open side is <c>double.NegativeInfinity</c> or <c>double.PositiveInfinity</c>.</summary>
    public static Distribution Truncated(Tensor low, Tensor high, Distribution distribution, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Distribution.Made(file, line, "truncated", s => [low.In(s), high.In(s), distribution.In(s)]);

    /// <summary>Independent draws in ascending order: <c>Normal(0, 10).Iid(3) | Ordered</c>.</summary>
    public static Distribution Ordered(Distribution distribution) => distribution.Through("ordered");

    /// <summary>Observations from a chain of hidden states, which are summed out; give it a length with <see cref="Process.Steps"/>.</summary>
    /// <param name="start">Probabilities [k] of the first state.</param>
    /// <param name="move">Probabilities [k, k] of the next state, a row for each state to move from.</param>
    /// <param name="emission">The distribution of an observation; it is applied once, to the vector of all states.</param>
    /// <param name="file">The C# file, given by the compiler.</param>
    /// <param name="line">The C# line, given by the compiler.</param>
    public static Process HiddenMarkov(Tensor start, Tensor move, Func<Tensor, Distribution> emission, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(file, line, "hiddenMarkov", s => [start.In(s), move.In(s), s.Function("emission", ["state"], x => emission(x[0]).In(s))]);

    /// <summary>Running sums of independent normal steps of the given standard deviation, starting from 0.</summary>
    public static Process GaussianRandomWalk(Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(file, line, "gaussianRandomWalk", s => [scale.In(s)]);

    /// <summary>A Gaussian random walk whose first value is normal with mean <paramref name="start"/> and standard deviation <paramref name="startScale"/>.</summary>
    public static Process GaussianRandomWalkFrom(Tensor start, Tensor startScale, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(file, line, "gaussianRandomWalkFrom", s => [start.In(s), startScale.In(s), scale.In(s)]);

    /// <summary>Each value is normal about <paramref name="coefficient"/> times the one before, 0 before the first.</summary>
    public static Process Autoregressive(Tensor coefficient, Tensor scale, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(file, line, "autoregressive", s => [coefficient.In(s), scale.In(s)]);
}
