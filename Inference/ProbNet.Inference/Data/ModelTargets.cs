using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Types;

namespace ProbNet.Inference.Data;

/// <summary>Connects data to checked models: what a model wants bound, and bound rows as <see cref="DataBinder"/> takes them.</summary>
public static class ModelTargets
{
    /// <summary>The arguments and sample sites of a model.</summary>
    public static IReadOnlyList<BindingTarget> Of(CheckedModel model) =>
    [
        .. model.Arguments.Select(a => Target(a.Name, false, a.Type, null)),
        .. model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => Target(s.Name, true, s.Type, s.Family.Support)),
    ];

    /// <summary>The values of some rows with their class counts, for <see cref="DataBinder.Bind"/>.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="preprocessing">How they were made.</param>
    /// <param name="spec">Where the bindings are declared, or null for a file without a declaration.</param>
    public static EqArray<BoundValue> Bound(this DataRows rows, Preprocessing preprocessing, DataSpec? spec = null) =>
        preprocessing.Bindings.Where(b => rows.Data.Values.ContainsKey(b.Name)).Select(b => new BoundValue(
            b.Name, rows.Data.Values[b.Name], b.Kind == BindingKind.Labels ? b.Classes.Count : null,
            spec?.Bindings.FirstOrDefault(s => s.Name == b.Name)?.NameSpan ?? default)).ToEqArray();

    private static BindingTarget Target(string name, bool isSite, SymbolicType type, Support? support)
    {
        var discrete = type.Element != ElementType.Real;
        var bound = type.Element == ElementType.Bool ? 2 : type.Bound?.Constant;
        return new(name, isSite, discrete, discrete || support is Support.OneHot, (int?)bound);
    }
}
