using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;

namespace ProbNet.Language.Elaboration;

/// <summary>A value to bind to a model's argument or site.</summary>
/// <param name="Name">The argument's or site's name.</param>
/// <param name="Value">Its value, rows on the leading axis; F64 for numbers, I64 for class labels.</param>
/// <param name="Classes">The number of classes if the value holds class labels, else null.</param>
/// <param name="Span">Where the binding is declared.</param>
public sealed record BoundValue(string Name, HostTensor Value, int? Classes, SourceSpan Span);

/// <summary>Data bound to a model: sizes of all dimensions, which of them counts rows, and the values in the types the model needs.</summary>
/// <param name="Sizes">Dimension name → size.</param>
/// <param name="Rows">The dimension that counts data rows, or null.</param>
/// <param name="Observed">The sites with data, in model order.</param>
/// <param name="Values">Name → value: reals in the model's precision, labels and counts in I64, one-hot vectors for labels at one-hot sites.</param>
public sealed record DataBinding(IReadOnlyDictionary<string, int> Sizes, string? Rows, EqArray<string> Observed, IReadOnlyDictionary<string, HostTensor> Values);

/// <summary>Fits data to a model: every dimension gets one size, shapes must be exactly the declared ones (nothing broadcasts), values must lie in the support.</summary>
public static class DataBinder
{
    /// <summary>The binding with any warnings, or the diagnostics that say why there is none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The values.</param>
    /// <param name="precision">The floating-point type of real values.</param>
    /// <param name="known">Sizes fixed beforehand (e.g. by a saved run).</param>
    /// <param name="requireAll">Whether every argument must have data.</param>
    public static (DataBinding? Binding, EqArray<Diagnostic> Diagnostics) Bind(
        CheckedModel model, EqArray<BoundValue> data, DType precision, IReadOnlyDictionary<string, int>? known = null, bool requireAll = true)
    {
        var binder = new Binding(model, precision, known ?? new Dictionary<string, int>());
        foreach (var value in data) binder.Add(value);
        return binder.Finish(data, requireAll);
    }

    private sealed class Binding(CheckedModel model, DType precision, IReadOnlyDictionary<string, int> known)
    {
        private readonly Dictionary<string, int> _sizes = new(known);
        private readonly Dictionary<string, (string What, SourceSpan Span)> _from = [];
        private readonly Dictionary<string, HostTensor> _values = [];
        private readonly List<Diagnostic> _diagnostics = [];
        private readonly List<Diagnostic> _warnings = [];
        private string? _rows;

        public void Add(BoundValue bound)
        {
            var argument = model.Arguments.FirstOrDefault(a => a.Name == bound.Name);
            var site = model.Sites.FirstOrDefault(s => s.Name == bound.Name && s.Kind == SiteKind.Sample);
            if (argument is null && site is null)
            {
                var names = model.Arguments.Select(a => a.Name).Concat(model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Name)).ToList();
                var nearest = Suggest.Nearest(bound.Name, names);
                Fail(CheckerCodes.UnknownBinding, bound.Span, $"the data names '{bound.Name}', but model '{model.Name}' has no such argument or site",
                    nearest is null ? $"it has: {string.Join(", ", names)}" : $"did you mean '{nearest}'?", new DiagnosticNote("the model is here", model.Span));
                return;
            }
            var (type, place, support) = argument is not null ? (argument.Type, argument.Span, null) : (site!.Type, site.Span, site.Family.Support);
            var value = Unfolded(support is Support.OneHot && bound.Classes is not null ? OneHot(bound, type) : bound.Value, type);
            if (!Unify(bound, type, value.Shape, place, site is not null && argument is null)) return;
            if (bound.Value.Shape.Rank > 0 && type.Axes[0].Size.Variable is { } leading) _rows ??= leading;
            if (type.Bound is { } bounded && !Labels(bound, bounded, place)) return;
            if (Convert(bound, type, value) is not { } converted || (support is not null && !InSupport(bound, support, site!.Literal, type.Bound?.Constant - 1, converted, place))) return;
            _values[bound.Name] = converted;
            _warnings.AddRange(DataLints.Of(bound, type, site, place));
        }

        public (DataBinding?, EqArray<Diagnostic>) Finish(EqArray<BoundValue> data, bool requireAll)
        {
            foreach (var argument in model.Arguments.Where(a => requireAll && data.All(d => d.Name != a.Name)))
                Fail(CheckerCodes.MissingData, argument.Span, $"the argument '{argument.Name}' of model '{model.Name}' has no data", $"bind it in the data declaration, e.g. {argument.Name} = column \"{argument.Name}\"");
            foreach (var name in model.Dimensions.Where(d => !_sizes.ContainsKey(d) && _diagnostics.Count == 0))
                Fail(CheckerCodes.UnboundDimension, model.Span, $"nothing says how large the dimension '{name}' of model '{model.Name}' is", "bind data whose shape has it");
            if (_diagnostics.Count > 0) return (null, _diagnostics.ToEqArray());
            var observed = model.Sites.Where(s => s.Kind == SiteKind.Sample && _values.ContainsKey(s.Name)).Select(s => s.Name).ToEqArray();
            if (observed.IsEmpty && model.Factors.IsEmpty && model.Sites.All(s => s.Kind == SiteKind.Sample))
            {
                var names = string.Join(", ", model.Sites.Select(s => s.Name).Where(n => !n.Contains('.')).TakeLast(3));
                _diagnostics.Add(new Diagnostic(CheckerCodes.NothingObserved, $"no site of model '{model.Name}' has data, so its posterior is its prior", model.Span) { Hint = $"bind data to a site by its name; it has {names}" });
            }
            return (new DataBinding(_sizes, _rows, observed, _values), [.. _diagnostics, .. _warnings]);
        }

        // Columns fill the axes after the first in row-major order, as image files list their pixels; the sizes of these axes must be known.
        private HostTensor Unfolded(HostTensor value, SymbolicType type)
        {
            if (value.Shape.Rank != 2 || type.Axes.Count <= 2) return value;
            var inner = type.Axes[1..].Select(a => a.Size.Substitute(_sizes).Constant).ToArray();
            return inner.Aggregate((long?)1, (product, size) => product * size) == value.Shape[1]
                ? value.Reshape(Shape.Create([value.Shape[0], .. inner.Select(s => (int)s!.Value)]))
                : value;
        }

        private bool Unify(BoundValue bound, SymbolicType type, Shape shape, SourceSpan place, bool isSite)
        {
            if (shape.Rank != type.Axes.Count)
            {
                Fail(CheckerCodes.DataShape, bound.Span, $"'{bound.Name}' is {type} in the model, but the data has shape {shape}; data is never broadcast",
                    shape.Rank == 2 && type.Axes.Count > 2 ? $"columns fill the axes after the first in row-major order, so {TypeText.Shape(type.Axes[1..])} takes {string.Join(" * ", type.Axes[1..].Select(a => a.Size))} columns"
                    : type.Axes.Count == shape.Rank + 1 && type.Axes[^1].IsOne && place.Source is not null ? "take the only column in the model, as in out.[*, 0], or bind it with columns [\"…\"], which gives a matrix"
                    : isSite && type.Axes.IsEmpty ? "the model draws one number; for a number in each row, repeat the distribution: … |> iid [n]"
                    : isSite && type.Axes.Count == 2 && shape.Rank == 1 ? "the model draws a matrix; if each row should have one number, make its distribution a vector: x @ w adds up over the columns, where x * w keeps them all"
                    : type.Axes.Count == shape.Rank + 1 ? "bind it with columns [\"…\"], which gives a matrix" : type.Axes.Count == shape.Rank - 1 ? "bind it with column \"…\", which gives a vector" : null,
                    new DiagnosticNote($"'{bound.Name}' is {type} here", place));
                return false;
            }
            for (var i = 0; i < shape.Rank; i++)
            {
                var axis = type.Axes[i];
                var size = axis.Size.Substitute(_sizes);
                if (size.Constant == shape[i]) continue;
                if (size.Constant is null && size.Solve(shape[i]) is { Value: > 0 and <= int.MaxValue } solved)
                {
                    _sizes[solved.Name] = (int)solved.Value;
                    _from[solved.Name] = ($"'{bound.Name}'", bound.Span);
                    continue;
                }
                var notes = new List<DiagnosticNote> { new($"'{bound.Name}' is {type} in the model", place) };
                notes.AddRange(axis.Size.Variables.Where(_from.ContainsKey).Select(v => new DiagnosticNote($"{v} = {_sizes[v]} comes from the data for {_from[v].What}", _from[v].Span)));
                Fail(CheckerCodes.DataShape, bound.Span, $"the {Ordinal(i)} axis of '{bound.Name}' has size {axis}{(size.Constant is { } c && axis.Size.Constant is null ? $" = {c}" : "")} in the model, but {shape[i]} in the data",
                    isSite && i == 0 && axis.Size.Constant is not null ? "the first axis counts rows: a single index there takes one row, out.[*, 0] takes a column of all rows" : null, [.. notes]);
                return false;
            }
            return true;
        }

        private static string Ordinal(int axis) => axis switch { 0 => "first", 1 => "second", 2 => "third", _ => $"{axis + 1}th" };

        private bool Labels(BoundValue bound, Dim limit, SourceSpan place)
        {
            var needed = bound.Classes ?? (bound.Value.Shape.Size == 0 ? 0 : (int)Enumerable.Range(0, bound.Value.Shape.Size).Max(i => bound.Value[i]) + 1);
            var size = limit.Substitute(_sizes);
            if (size.Constant is null && size.Solve(needed) is { Value: > 0 } solved)
            {
                _sizes[solved.Name] = (int)solved.Value;
                _from[solved.Name] = ($"'{bound.Name}'", bound.Span);
                return true;
            }
            if (size.Constant is not { } constant || needed <= constant) return true;
            Fail(CheckerCodes.DataSupport, bound.Span, bound.Classes is not null
                    ? $"'{bound.Name}' has {needed} classes in the data, but the model has room for {constant}"
                    : $"'{bound.Name}' has the value {needed - 1} in the data, but in the model it lies below {constant}", null,
                new DiagnosticNote($"the number {constant} comes from here", place));
            return false;
        }

        private HostTensor? Convert(BoundValue bound, SymbolicType type, HostTensor value)
        {
            if (type.Element == ElementType.Real) return value.Convert(precision);
            for (var i = 0; i < value.Shape.Size; i++)
            {
                if (value[i] == Math.Floor(value[i]) && Math.Abs(value[i]) < 9e15) continue;
                Fail(CheckerCodes.DataType, bound.Span, $"'{bound.Name}' is {type} in the model, but the data has {Show(value[i])} in row {RowOf(value, i)}",
                    "an integer is needed; use labels \"…\" for class names");
                return null;
            }
            return value.Convert(type.Element == ElementType.Bool ? DType.Bool : DType.I64);
        }

        private bool InSupport(BoundValue bound, Support support, Func<string, double?> literal, long? total, HostTensor value, SourceSpan place)
        {
            // A limit is compared in the precision of the values.
            double? End(Limit limit) => limit.In(literal) is { } end ? HostTensor.Scalar(DType.F64, end).Convert(value.DType)[0] : null;
            for (var i = 0; i < value.Shape.Size; i++)
            {
                var x = value[i];
                var inside = support switch
                {
                    Support.Positive => x > 0,
                    Support.NonNegative or Support.Count or Support.CountUpTo or Support.CountsSummingTo => x >= 0,
                    Support.UnitInterval => x is > 0 and < 1,
                    Support.Binary => x is 0 or 1,
                    Support.Category => x >= 0,
                    Support.Interval(var low, var high) => x >= (End(low) ?? double.NegativeInfinity) && x <= (End(high) ?? double.PositiveInfinity),
                    Support.Above(var low) => x > (End(low) ?? double.NegativeInfinity),
                    Support.AtMost(var high) => x <= (End(high) ?? double.PositiveInfinity),
                    Support.AtLeast(var low) => x >= (End(low) ?? double.NegativeInfinity),
                    _ => !double.IsNaN(x),
                };
                if (inside) continue;
                Fail(CheckerCodes.DataSupport, bound.Span, $"'{bound.Name}' has the value {Show(x)} in row {RowOf(value, i)}, where its distribution has no mass",
                    support is Support.Positive or Support.NonNegative && bound.Value.DType == DType.F64 ? "was it standardised? A positive outcome must stay positive" : null, new DiagnosticNote("its distribution is here", place));
                return false;
            }
            if (EventFault.Of(support, value, total) is not { } fault) return true;
            Fail(CheckerCodes.DataSupport, bound.Span, $"'{bound.Name}' has {fault.What} in row {RowOf(value, fault.Index)}, where its distribution has no mass", fault.Hint, new DiagnosticNote("its distribution is here", place));
            return false;
        }

        private HostTensor OneHot(BoundValue bound, SymbolicType type)
        {
            // More classes than the model has room for make a wider matrix, which the shape check then reports.
            var width = Math.Max((int)(type.Axes[^1].Size.Substitute(_sizes).Constant ?? 0), bound.Classes!.Value);
            var rows = bound.Value.Shape[0];
            var values = new double[rows * width];
            for (var i = 0; i < rows; i++) values[i * width + (int)bound.Value[i]] = 1;
            return HostTensor.Of([rows, width], values);
        }

        private void Fail(DiagnosticCode code, SourceSpan span, string message, string? hint, params EqArray<DiagnosticNote> notes) =>
            _diagnostics.Add(new Diagnostic(code, message, span) { Hint = hint, Notes = notes });

        private static int RowOf(HostTensor value, int index) => value.Shape.Rank == 0 ? 1 : index / Math.Max(1, value.Shape[1..].Size) + 1;

        private static string Show(double x) => x.ToString("G6", System.Globalization.CultureInfo.InvariantCulture);
    }
}
