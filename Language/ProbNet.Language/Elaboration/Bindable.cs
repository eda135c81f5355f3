using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Elaboration;

/// <summary>Which dimensions data can fix: those that stand alone, or linearly beside known ones, in the shape of some argument or site.</summary>
internal static class Bindable
{
    /// <summary>A diagnostic if a model has dimensions that no data can fix.</summary>
    public static EqArray<Diagnostic> Check(CheckedModel model)
    {
        var sizes = model.Arguments.Select(a => a.Type).Concat(model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Type))
            .SelectMany(t => t.Bound is null ? t.Axes.Map(a => a.Size) : t.Axes.Map(a => a.Size).Add(t.Bound)).Where(d => d.Constant is null).Distinct().ToList();
        var open = model.Dimensions.ToHashSet();
        while (sizes.Select(d => d.Variables.Where(open.Contains).ToList() is [var name] && Linear(d, name) ? name : null).FirstOrDefault(n => n is not null) is { } found) open.Remove(found);
        if (open.Count == 0) return [];
        var names = model.Dimensions.Where(open.Contains).ToList();
        var within = sizes.Where(d => d.Variables.Any(open.Contains)).Select(d => $"'{d}'").ToList();
        return
        [
            new Diagnostic(CheckerCodes.UnboundDimension, $"no data can say how large the dimension{(names.Count == 1 ? "" : "s")} {string.Join(" and ", names.Select(n => $"'{n}'"))} of model '{model.Name}' {(names.Count == 1 ? "is" : "are")}", model.Span)
            {
                Hint = within.Count == 0 ? $"no argument or drawn value has an axis of size {names[0]}: remove it, or draw a value with it, e.g. |> iid [{names[0]}]"
                    : $"the shapes of arguments and drawn values have {string.Join(" and ", within)}, from which no single size follows: give one of them an axis of size {names[^1]} alone",
            },
        ];
    }

    private static bool Linear(Dim size, string name) => size.SolveFor(name, Dim.Named("?") * Factor(size, name) + Rest(size, name)) is not null;

    // Of a*name + b the parts a and b, found by putting 1 and 0 in the name's place.
    private static Dim Factor(Dim size, string name) => With(size, name, 1) - With(size, name, 0);

    private static Dim Rest(Dim size, string name) => With(size, name, 0);

    private static Dim With(Dim size, string name, long value) => size.Replace(n => n == name ? Dim.Of(value) : Dim.Named(n));
}
