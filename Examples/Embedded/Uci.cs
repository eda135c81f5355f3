using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;

namespace ProbNet.Examples.Embedded;

/// <summary>Regression with one hidden layer of 50, its noise the same everywhere or not: <c>Examples/uci/uci.prob</c> in C#.</summary>
public static class Uci
{
    public static Model Homoscedastic { get; } = Model.Define("homoscedastic", ArgumentType.Real("n", "d"), x =>
        from h in x | Dense(50)
        from @out in Relu(h) | Dense(1)
        from noise in LogNormal(-2, 1)
        from y in Normal(@out[.., 0], noise)
        select y);

    public static Model Heteroscedastic { get; } = Model.Define("heteroscedastic", ArgumentType.Real("n", "d"), x =>
        from h in x | Dense(50)
        from @out in Relu(h) | Dense(1)
        from spread in Relu(h) | Dense(1)
        from noise in LogNormal(-2, 1)
        from y in Normal(@out[.., 0], noise * Exp(spread[.., 0]))
        select y);
}
