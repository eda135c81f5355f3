using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;

namespace ProbNet.Examples.Embedded;

/// <summary>Effects of coaching in eight schools, non-centred (Rubin 1981): <c>Examples/eight_schools/eight_schools.prob</c> in C#.</summary>
public static class EightSchools
{
    public static Model Model { get; } = Model.Define("eightSchools", ArgumentType.Real("j"), sigma =>
        from mu in Normal(0, 5)
        from tau in HalfCauchy(5)
        from z in Normal(0, 1).Iid(sigma.Rows)
        from theta in Deterministic(mu + tau * z)
        from y in Normal(theta, sigma)
        select y);
}
