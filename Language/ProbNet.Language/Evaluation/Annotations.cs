using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Written types: what they declare for a model's arguments and check for a function's.</summary>
internal static class Annotations
{
    /// <summary>The type a model's argument is declared with; dimension names not yet known become the model's dimensions.</summary>
    public static (SymbolicType? Type, Scope Scope) Declare(Evaluator evaluator, TypeExpr written, string argument, Scope scope)
    {
        if (written is not TypeExpr.Tensor tensor)
        {
            evaluator.Trace.Report.Fail(CheckerCodes.ParameterType, written.Span, $"the argument '{argument}' of a model is given by data, so it must be a tensor",
                written is TypeExpr.List ? $"give it a default to make it static: ({argument} : list = [50; 50])" : $"give it a default to make it static: ({argument} : string = \"relu\")");
            return (null, scope);
        }
        foreach (var name in Names(tensor))
        {
            if (!scope.Names.TryGetValue(name.Identifier, out var known) || known is not Value.Static)
                scope = scope.With(name.Identifier, new Value.Static(evaluator.Trace.Dimension(name.Identifier), name.Span));
        }
        var axes = new List<Axis>();
        foreach (var dim in tensor.Dims)
        {
            if (Size(evaluator, dim, scope) is not { } size) return (null, scope);
            axes.Add(new Axis(size, dim.Span, $"declared for '{argument}'"));
        }
        var bound = tensor.Bound is null ? null : Size(evaluator, tensor.Bound, scope);
        return (new SymbolicType(Element(tensor), axes.ToEqArray(), bound), scope);
    }

    /// <summary>Checks a function's argument against its written type; names in the type that are not yet known take the sizes found.</summary>
    public static (Value Value, Scope Scope) Check(Evaluator evaluator, TypeExpr written, Value value, SourceSpan span, Scope scope)
    {
        if (value.IsUnknown) return (value, scope);
        switch (written)
        {
            case TypeExpr.List list: return CheckList(evaluator, list, value, span, scope);
            case TypeExpr.Tensor { Dims.IsEmpty: true, Bound: null, Element: "int" } when value is Value.Static: return (value, scope);
            case TypeExpr.Tensor { Dims.IsEmpty: true, Element: "bool" } when value is Value.Truth: return (value, scope);
            case TypeExpr.Text when value is Value.Text: return (value, scope);
            case TypeExpr.Text:
                return (evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"this argument is declared as a string, but it is {value.Describe()}", null, new DiagnosticNote("declared here", written.Span)), scope);
            case TypeExpr.Tensor tensor: return CheckTensor(evaluator, tensor, value, span, scope);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static (Value, Scope) CheckList(Evaluator evaluator, TypeExpr.List written, Value value, SourceSpan span, Scope scope)
    {
        if (Coerce.List(evaluator, value, span, "this argument") is not { } list) return (Value.Unknown.It, scope);
        if (written.Length is null) return (list, scope);
        (var matches, scope) = Match(evaluator, written.Length, Dim.Of(list.Items.Count), span, scope);
        if (matches is { } expected)
        {
            return (evaluator.Trace.Report.Fail(CheckerCodes.ListLength, span, $"a list of {expected} is needed here, but this one has {list.Items.Count}", null,
                new DiagnosticNote("declared here", written.Span)), scope);
        }
        return (value, scope);
    }

    private static (Value, Scope) CheckTensor(Evaluator evaluator, TypeExpr.Tensor written, Value value, SourceSpan span, Scope scope)
    {
        if (Coerce.Tensor(evaluator, value, span) is not { } tensor) return (Value.Unknown.It, scope);
        var element = Element(written);
        if (element == ElementType.Real && tensor.Element == ElementType.Int)
        {
            if (Coerce.Real(evaluator, value, span) is not { } real) return (Value.Unknown.It, scope);
            tensor = real;
        }
        if (tensor.Element != element)
        {
            return (evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"this argument is declared as {written.Element}, but it is {tensor.Describe()}", null,
                new DiagnosticNote("declared here", written.Span)), scope);
        }
        if (tensor.Axes.Count != written.Dims.Count)
        {
            return (evaluator.Trace.Report.Fail(CheckerCodes.ArgumentShape, span, $"this argument is declared with {Shapes.Axes(written.Dims.Count)}, but it is {tensor.Describe()}", null,
                new DiagnosticNote("declared here", written.Span)), scope);
        }
        for (var i = 0; i < written.Dims.Count; i++)
        {
            (var mismatch, scope) = Match(evaluator, written.Dims[i], tensor.Axes[i].Size, span, scope);
            if (mismatch is not { } expected) continue;
            return (evaluator.Trace.Report.Fail(CheckerCodes.ArgumentShape, span, $"this argument is {tensor.Describe()}, but its axis {i + 1} is declared as {Written(written.Dims[i], expected)}", null,
                [new DiagnosticNote("declared here", written.Dims[i].Span), .. Shapes.Provenance(tensor.Axes[i])]), scope);
        }
        if (written.Bound is { } limit && tensor.Bound is { } bound)
        {
            (var needed, scope) = Match(evaluator, limit, bound, span, scope);
            if (needed is not null && (needed - bound).Constant is not >= 0)
            {
                return (evaluator.Trace.Report.Fail(CheckerCodes.ArgumentShape, span, $"this argument is {tensor.Describe()}, but it is declared to lie below {Written(limit, needed)}", null,
                    new DiagnosticNote("declared here", limit.Span)), scope);
            }
        }
        return (tensor, scope);
    }

    /// <summary>The names in a written type's sizes and bound, each once, in the order written.</summary>
    public static IEnumerable<Name> Names(TypeExpr.Tensor tensor) =>
        (tensor.Bound is null ? tensor.Dims : tensor.Dims.Add(tensor.Bound)).SelectMany(Names).DistinctBy(n => n.Identifier);

    private static IEnumerable<Name> Names(Expr dimension) => dimension is Name name ? [name] : AstWalk.Children(dimension).SelectMany(Names);

    // Null where the written size equals the one found (or has just been given it); otherwise the size that was expected.
    private static (Dim? Mismatch, Scope Scope) Match(Evaluator evaluator, Expr written, Dim found, SourceSpan span, Scope scope)
    {
        if (written is Name name && (!scope.Names.TryGetValue(name.Identifier, out var known) || known is not Value.Static))
            return (null, scope.With(name.Identifier, new Value.Static(found, span)));
        // In `2*d + 1` the only name not yet known takes the value that makes the sizes equal.
        if (written is not Name && Names(written).Where(n => !scope.Names.TryGetValue(n.Identifier, out var value) || value is not Value.Static).Select(n => n.Identifier).Distinct().ToList() is [var unknown])
        {
            const string Unknown = "?";
            if (Size(evaluator, written, scope.With(unknown, new Value.Static(Dim.Named(Unknown), span))) is not { } form) return (null, scope.With(unknown, Value.Unknown.It));
            if (form.SolveFor(Unknown, found) is { Constant: null or > 0 } solved) return (null, scope.With(unknown, new Value.Static(solved, span)));
            return (form.Replace(n => Dim.Named(n == Unknown ? unknown : n)), scope.With(unknown, Value.Unknown.It));
        }
        return Size(evaluator, written, scope) is { } expected && !expected.Equals(found) ? (expected, scope) : (null, scope);
    }

    private static Dim? Size(Evaluator evaluator, Expr written, Scope scope)
    {
        var size = Coerce.Static(evaluator, evaluator.Evaluate(written, scope), written.Span, "a dimension");
        if (size?.Constant is not <= 0) return size;
        evaluator.Trace.Report.Fail(CheckerCodes.BadSize, written.Span, $"an axis of size {size} is impossible", "sizes start at 1");
        return null;
    }

    private static string Written(Expr written, Dim size) => written is Name { Identifier: var name } && name != size.ToString() ? $"{name}, which is {size} here" : size.ToString();

    private static ElementType Element(TypeExpr.Tensor written) => written.Element switch
    {
        "real" => ElementType.Real,
        "int" => ElementType.Int,
        _ => ElementType.Bool,
    };
}
