using ProbNet.Graph;
using ProbNet.Language.Distributions;

namespace ProbNet.Language.Evaluation;

/// <summary>All builtin functions by group. Distributions come from their own registry.</summary>
internal static class BuiltinTable
{
    public static readonly EqArray<Builtin> All =
    [
        .. ElementwiseBuiltins.All, .. ReductionBuiltins.All, .. ShapeBuiltins.All, .. LinearBuiltins.All, .. RandomBuiltins.All, .. LearnedBuiltins.All, .. ListBuiltins.All, .. LoopBuiltins.All,
        .. WindowBuiltins.All, .. NoiseBuiltins.All,
        .. MixtureBuiltins.All, .. DerivedBuiltins.All, .. ProcessBuiltins.All,
        .. Registry.All.Select(DistributionBuiltin.Of),
    ];

    /// <summary>The scope every module starts from.</summary>
    public static readonly Scope Scope = Evaluation.Scope.Empty.WithAll(All.Select(b => KeyValuePair.Create<string, Types.Value>(b.Name, b.Value)))
        .With("infinity", new Types.Value.TensorOf(Types.ElementType.Real, [], null) { Literal = double.PositiveInfinity });
}
