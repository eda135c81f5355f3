using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;

namespace ProbNet.Examples.Embedded;

/// <summary>Two hidden layers of 64 units, one logit per species: <c>Examples/iris/iris.prob</c> in C#.</summary>
public static class Iris
{
    public static Model Model { get; } = Model.Define("iris", ArgumentType.Real("n", 4), x =>
        from h1 in x | Dense(64)
        from h2 in Relu(h1) | Dense(64)
        from logits in Relu(h2) | Dense(3)
        from species in Categorical(logits)
        select species);
}
