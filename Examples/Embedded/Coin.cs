using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;

namespace ProbNet.Examples.Embedded;

/// <summary>The chance of heads, from flips: <c>Examples/coin/coin.prob</c> in C#.</summary>
public static class Coin
{
    public static Model Model { get; } = Model.Define("coin", ArgumentType.Dimension, n =>
        from chance in Beta(2, 2)
        from heads in BernoulliProbs(chance).Iid(n)
        select heads);
}
