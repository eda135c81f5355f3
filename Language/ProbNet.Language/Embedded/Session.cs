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
    private Dictionary<Tensor, Value> _constants = new(ReferenceEqualityComparer.Instance);

    /// <summary>The evaluator in charge: that of the model, or the one that applies a function made here.</summary>
    public Evaluator Evaluator { get; private set; } = evaluator;

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

    /// <summary>Evaluates something that a clause uses but that is written elsewhere: a fault in it also tells of the clause.</summary>
    public T Used<T>(string what, SourceSpan clause, SourceSpan written, Func<T> body)
    {
        var report = Evaluator.Trace.Report;
        var outer = report.Frames;
        report.Frames = outer.Add(new Frame(what, clause, written));
        try
        {
            return body();
        }
        finally
        {
            report.Frames = outer;
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

    /// <summary>A C# function as a function of the language: the emission of a hidden chain, the step of a loop, a prior over shapes.</summary>
    public Value Function(string name, EqArray<string> parameters, Func<EqArray<Tensor>, Value> body)
    {
        var written = Clause;
        return new Value.Function(name, parameters, [], (caller, arguments, _) => Under(caller, () => At(written, () => body(arguments.Map(a => new Tensor(this, a.Value))))), written);
    }

    /// <summary>A random computation written in C# as one of the language.</summary>
    public Value Random<T>(Prob<T> computation)
    {
        if (computation is Distribution distribution) return distribution.In(this);
        var (own, clause, frames) = (Evaluator, Clause, Evaluator.Trace.Report.Frames);
        return new Value.Random("a query", path => Under(own, () => own.Within(frames, () => At(clause, () => Hosted.Of(computation.Run(this, path), this)))));
    }

    /// <summary>A list of values.</summary>
    public static Value List(IEnumerable<Value> items) => new Value.List(items.ToEqArray());

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

    // Whoever applies a function decides what it is evaluated for; constants of another evaluation would have the wrong nodes.
    private T Under<T>(Evaluator caller, Func<T> body)
    {
        if (ReferenceEquals(caller, Evaluator)) return body();
        var outer = (Evaluator, _constants);
        (Evaluator, _constants) = (caller, new(ReferenceEqualityComparer.Instance));
        try
        {
            return body();
        }
        finally
        {
            (Evaluator, _constants) = outer;
        }
    }
}
