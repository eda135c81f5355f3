using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;

namespace ProbNet.Examples.Embedded;

/// <summary>Stopping distance against speed: <c>Examples/linear_regression/linear_regression.prob</c> in C#.</summary>
public static class LinearRegression
{
    public static Model Model { get; } = Model.Define("linear", ArgumentType.Real("n", "d"), x =>
        from alpha in Normal(0, 10)
        from beta in Normal(0, 2.5).Iid(x.Features)
        from sigma in Exponential(1)
        from y in Normal(alpha + x.MatMul(beta), sigma)
        select y);
}
