using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Inference.Data;

/// <summary>
/// Reads a data declaration, <c>data d = csv "file" { x = columns ["a"; "b"] |> minmax; y = column "c"; heldOut = 0.2 }</c>, into a
/// <see cref="DataSpec"/>. The option names are reserved: separator, header, heldOut, validation, seed, stratify. All other fields bind.
/// </summary>
public static class DataSpecParser
{
    private static readonly EqArray<string> Options = ["separator", "header", "heldOut", "validation", "seed", "stratify"];
    private static readonly EqArray<string> Shapes = ["columns", "column", "labels"];
    private static readonly EqArray<string> Transformations = ["minmax", "standardize", "atLeast", "shape"];

    /// <summary>The validated declaration, or diagnostics PN0601 to PN0604, PN0506 and PN0507; all faults of a declaration are found in one run.</summary>
    /// <param name="declaration">The parsed declaration.</param>
    /// <param name="targets">What the model has to bind: its arguments and sample sites.</param>
    public static Checked<DataSpec> Parse(Declaration.Data declaration, IReadOnlyList<BindingTarget> targets) => Stage.Run(faults =>
    {
        var spec = Read(declaration, faults);
        Check(spec, targets, faults, declaration.NameSpan);
        return spec;
    });

    /// <summary>The declaration without the checks against a model, or diagnostics PN0601 to PN0604.</summary>
    public static Checked<DataSpec> Parse(Declaration.Data declaration) => Stage.Run(faults => Read(declaration, faults));

    private static DataSpec Read(Declaration.Data declaration, List<Diagnostic> faults)
    {
        var (head, arguments) = Spine(declaration.DataSource);
        if (head is not Name { Identifier: "csv" })
        {
            var message = head is Name n ? $"there is no data source '{n.Identifier}'" : "a data declaration names a source";
            throw Fail(DataCodes.UnknownSource, message, head.Span, "known: csv \"file\" { … }");
        }
        if (arguments is not ([StringLiteral] or [StringLiteral, RecordLiteral]))
        {
            throw Fail(DataCodes.UnknownSource, "csv takes a file name and a record of bindings and options", declaration.DataSource.Span,
                "csv \"file.csv\" { x = columns [\"a\"; \"b\"]; y = column \"c\" }");
        }
        var file = (StringLiteral)arguments[0];
        var fields = arguments.Length > 1 ? ((RecordLiteral)arguments[1]).Fields : [];
        var first = new Dictionary<string, Field>(StringComparer.Ordinal);
        foreach (var field in fields) first.TryAdd(field.Name, field); // the parser reports a second one
        var options = new DataOptions(first, faults);
        var bindings = new List<BindingSpec>();
        foreach (var field in first.Values.Where(f => !Options.Contains(f.Name)))
        {
            if (field.Value is IntLiteral or FloatLiteral or StringLiteral or BoolLiteral)
            {
                faults.Add(new(DataCodes.UnknownOption, $"there is no data option '{field.Name}'", field.NameSpan) { Hint = Nearest.Hint(field.Name, Options) });
            }
            else if (Binding(field, faults) is { } binding)
            {
                bindings.Add(binding);
            }
        }
        var header = options.Boolean("header", true);
        foreach (var (column, span) in header ? [] : bindings.SelectMany(b => b.Columns.Zip(b.ColumnSpans)))
        {
            if (column.Name is null) continue;
            faults.Add(new(DataCodes.BadBinding, $"column \"{column.Name}\" is named, but the file has no header", span)
            {
                Hint = "name columns by position, from 0",
            });
        }
        var split = options.Split(declaration.NameSpan);
        return new DataSpec(declaration.Name, file.Value, new CsvFormat(options.Separator(), header), bindings.ToEqArray(), split) { FileSpan = file.Span };
    }

    private static BindingSpec? Binding(Field field, List<Diagnostic> faults)
    {
        var (value, transformation, threshold, inner) = (field.Value, Transformation.None, (double?)null, (ListLiteral?)null);
        while (Piped(value) is var (source, name, argument))
        {
            if (name.Identifier == "shape" && argument is ListLiteral sizes && sizes.Items.All(i => i is IntLiteral { Value: > 0 and <= int.MaxValue }))
            {
                (value, inner) = (source, inner ?? sizes);
                continue;
            }
            var next = name.Identifier switch { "minmax" => Transformation.MinMax, "standardize" => Transformation.Standardize, "atLeast" => Transformation.AtLeast, _ => Transformation.None };
            if (next == Transformation.None)
            {
                faults.Add(new(DataCodes.BadBinding, $"there is no transformation '{name.Identifier}'", name.Span)
                {
                    Hint = Nearest.Hint(name.Identifier, Transformations),
                });
                return null;
            }
            if (transformation != Transformation.None)
            {
                faults.Add(new(DataCodes.BadBinding, $"'{field.Name}' is transformed twice", name.Span)
                {
                    Hint = "each transformation undoes what was before: keep one",
                });
                return null;
            }
            threshold = argument switch { IntLiteral i => i.Value, FloatLiteral f => f.Value, _ => null };
            if (next == Transformation.AtLeast != threshold is not null)
            {
                faults.Add(new(DataCodes.BadBinding, next == Transformation.AtLeast ? "atLeast needs a number" : $"{name.Identifier} takes no number", name.Span)
                {
                    Hint = "columns [0 .. 63] |> atLeast 8 gives 1 where the number is at least 8, else 0",
                });
                return null;
            }
            (value, transformation) = (source, next);
        }
        var (head, arguments) = Spine(value);
        if (head is not Name { Identifier: var shape } || !Shapes.Contains(shape))
        {
            var hint = head is Name n && Suggest.Nearest(n.Identifier, Shapes) is { } near ? $"did you mean '{near}'?"
                : "columns [\"a\"; \"b\"], column \"a\" or labels \"a\", possibly |> minmax, |> standardize or |> shape [4; 3]";
            faults.Add(new(DataCodes.BadBinding, $"'{field.Name}' is bound to no column", field.Value.Span) { Hint = hint });
            return null;
        }
        var items = (shape, arguments) switch
        {
            ("columns", [ListLiteral { Items.IsEmpty: false } list]) => list.Items,
            ("columns", [RangeLiteral range]) => Columns(range),
            ("column" or "labels", [var one]) => [one],
            _ => (EqArray<Expr>?)null,
        };
        var columns = items?.Map(Column);
        if (items is null || columns is null || columns.Value.Any(c => c is null))
        {
            var wants = shape == "columns" ? "a list of columns, [\"a\"; \"b\"] or [0 .. 63]" : "one column, \"a\"";
            faults.Add(new(DataCodes.BadBinding, $"{shape} takes {wants}", value.Span) { Hint = "columns are named by strings, or by their positions from 0" });
            return null;
        }
        var kind = shape switch { "columns" => BindingKind.Columns, "column" => BindingKind.Column, _ => BindingKind.Labels };
        var axes = inner?.Items.Map(i => (int)((IntLiteral)i).Value) ?? [];
        if (inner is not null && (kind != BindingKind.Columns || axes.Aggregate(1L, (product, size) => product * size) != columns.Value.Count))
        {
            faults.Add(new(DataCodes.BadBinding, kind != BindingKind.Columns ? "shape arranges columns, and this is one column" : $"the shape takes {axes.Aggregate(1L, (product, size) => product * size)} columns, but there are {columns.Value.Count}", inner.Span)
            {
                Hint = "columns [0 .. 11] |> shape [4; 3] gives each row four vectors of three numbers, in row-major order",
            });
            return null;
        }
        if (kind == BindingKind.Labels && transformation != Transformation.None)
        {
            faults.Add(new(DataCodes.BadBinding, "labels are classes and cannot be rescaled", field.Value.Span) { Hint = "use column for numbers" });
            return null;
        }
        return new(field.Name, kind, columns.Value.Map(c => c!), transformation) { NameSpan = field.NameSpan, Threshold = threshold, Inner = axes, ColumnSpans = items.Value.Map(i => i.Span) };
    }

    private static void Check(DataSpec spec, IReadOnlyList<BindingTarget> targets, List<Diagnostic> faults, SourceSpan declared)
    {
        foreach (var binding in spec.Bindings)
        {
            var target = targets.FirstOrDefault(t => t.Name == binding.Name);
            if (target is null)
            {
                faults.Add(new(CheckerCodes.UnknownBinding, $"the model has no argument or site '{binding.Name}'", binding.NameSpan)
                {
                    Hint = Nearest.Hint(binding.Name, [.. targets.Select(t => t.Name)])
                        + (Suggest.Nearest(binding.Name, Options) is { } option ? $" (or the option '{option}')" : ""),
                });
            }
            else if (target.IsInteger && binding.Transformation is not (Transformation.None or Transformation.AtLeast))
            {
                faults.Add(new(DataCodes.BadBinding, $"'{binding.Name}' holds integers and cannot be rescaled", binding.NameSpan));
            }
            else if (!target.TakesLabels && binding.Kind == BindingKind.Labels)
            {
                faults.Add(new(DataCodes.BadBinding, $"'{binding.Name}' holds real numbers, not classes", binding.NameSpan) { Hint = "use column" });
            }
        }
        foreach (var target in targets.Where(t => !t.IsSite && spec.Bindings.All(b => b.Name != t.Name)))
        {
            faults.Add(new(CheckerCodes.MissingData, $"the model's argument '{target.Name}' is bound to no data", declared)
            {
                Hint = $"add {target.Name} = column \"…\" or columns [\"…\"]",
            });
        }
    }

    internal static ColumnRef? Column(Expr expression) => expression switch
    {
        StringLiteral s => new(s.Value, 0),
        IntLiteral { Value: >= 0 and <= int.MaxValue } i => new(null, (int)i.Value),
        _ => null,
    };

    // Every column from one to another: [0 .. 63], or by name, ["pixel1" .. "pixel64"]. Null if it is no such range, or an empty or absurdly long one.
    private static EqArray<Expr>? Columns(RangeLiteral range)
    {
        const int most = 1 << 20;
        switch (range.From, range.To)
        {
            case (IntLiteral from, IntLiteral to) when from.Value >= 0 && to.Value >= from.Value && to.Value - from.Value < most:
                return Enumerable.Range((int)from.Value, (int)(to.Value - from.Value) + 1).Select(Expr (i) => new IntLiteral(i) { Span = range.Span }).ToEqArray();
            case (StringLiteral from, StringLiteral to):
                var (stem, first) = Numbered(from.Value);
                var (other, last) = Numbered(to.Value);
                if (first is null || last is null || stem != other || last < first || last - first >= most) return null;
                return Enumerable.Range(first.Value, last.Value - first.Value + 1).Select(Expr (i) => new StringLiteral(FormattableString.Invariant($"{stem}{i}")) { Span = range.Span }).ToEqArray();
            default:
                return null;
        }
    }

    private static (string Stem, int? Number) Numbered(string name)
    {
        var stem = name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return (stem, int.TryParse(name.AsSpan(stem.Length), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null);
    }

    // A transformation applied by pipe or directly: 'source |> name', 'source |> name number' or 'name (source)'.
    private static (Expr Source, Name Transformation, Expr? Argument)? Piped(Expr value) => value switch
    {
        Binary { Operator: BinaryOperator.Pipe, Right: Name name } pipe => (pipe.Left, name, null),
        Binary { Operator: BinaryOperator.Pipe, Right: Apply { Function: Name name, Arguments: [var argument] } } pipe => (pipe.Left, name, argument),
        Apply { Function: Name name, Arguments: [var source] } when Transformations.Contains(name.Identifier) => (source, name, null),
        _ => null,
    };

    private static (Expr Head, Expr[] Arguments) Spine(Expr e)
    {
        if (e is not Apply apply) return (e, []);
        var (head, arguments) = Spine(apply.Function);
        return (head, [.. arguments, .. apply.Arguments]);
    }

    private static DiagnosticException Fail(DiagnosticCode code, string message, SourceSpan span, string hint) =>
        new(new Diagnostic(code, message, span) { Hint = hint });
}
