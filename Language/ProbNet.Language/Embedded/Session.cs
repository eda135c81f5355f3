using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>
/// One evaluation of a model written in C#. Every operation is a small expression of the language, evaluated by the language's own evaluator,
/// so that both forms mean the same, build the same nodes and report the same faults. Belongs to one run of one model.
/// </summary>
internal sealed class Session(Evaluator evaluator, Scope scope, SourceSpan declared)
{
    private readonly Dictionary<Tensor, Value> _constants = new(ReferenceEqualityComparer.Instance);

    public Evaluator Evaluator { get; } = evaluator;

    /// <summary>The clause of C# that is being evaluated.</summary>
    public SourceSpan Clause { get; private set; } = declared;

    /// <summary>Evaluates something on behalf of a clause.</summary>
    public T At<T>(SourceSpan clause, Func<T> body)
    {
        var outer = Clause;
        Clause = clause;
        try
        {
            return body();
        }
        finally
        {
            Clause = outer;
        }
    }

    /// <summary>A library function or distribution applied to values.</summary>
    public Value Call(string function, params ReadOnlySpan<Value> arguments) =>
        Evaluator.Apply(new Argument(scope.Names[function], Clause), Clause, arguments);

    /// <summary>An expression over values: the template gets a name for each and gives the expression.</summary>
    public Value Evaluate(Func<EqArray<Expr>, Expr> template, params ReadOnlySpan<Value> values)
    {
        var inner = scope;
        var names = new Expr[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            // No name of a program has a blank in it.
            var name = $"operand {i}";
            inner = inner.With(name, values[i]);
            names[i] = new Name(name) { Span = Clause };
        }
        return Evaluator.Evaluate(template(names.ToEqArray()) with { Span = Clause }, inner);
    }

    /// <summary>The value of a constant, computed once.</summary>
    public Value Constant(Tensor constant, Func<Session, Value> compute) =>
        _constants.TryGetValue(constant, out var known) ? known : _constants[constant] = compute(this);

    /// <summary>The place of a C# line. Its text is the expression as the compiler gives it, on that line of an otherwise empty text.</summary>
    public static SourceSpan Place(string file, int line, string text = "")
    {
        var shown = text.Length == 0 ? "…" : text;
        var start = Math.Max(0, line - 1);
        return new SourceSpan(new SourceText(Path.GetFileName(file), new string('\n', start) + shown), start, shown.IndexOf('\n') is > 0 and var end ? end : shown.Length);
    }
}
