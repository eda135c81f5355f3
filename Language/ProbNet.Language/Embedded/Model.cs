using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>
/// A model written in C#: its body is run once to check it for all sizes of its dimensions, and once for each elaboration with known sizes. The names of its
/// arguments are the names of the lambda's parameters.
/// </summary>
public sealed class Model
{
    private readonly ModelEvaluation _evaluation;
    private readonly SourceSpan _place;

    private Model(string name, EqArray<ArgumentType> arguments, Delegate body, Func<EqArray<Tensor>, Session, string, Value> run, SourceSpan place)
    {
        var names = body.Method.GetParameters()[^arguments.Count..].Select(p => p.Name!).ToEqArray();
        var typed = Enumerable.Range(0, arguments.Count).Select(i => (Name: names[i], arguments[i].Type));
        var dimensions = typed.Where(a => a.Type is null).Select(a => a.Name).ToEqArray();
        var parameters = typed.Where(a => a.Type is not null).Select(a => new Parameter(new Pattern.Variable(a.Name) { Span = place }, a.Type! with { Span = place })).ToEqArray();
        var call = new Apply(new Name(Body) { Span = place }, names.IsEmpty ? [new UnitLiteral { Span = place }] : names.Map(Expr (n) => new Name(n) { Span = place })) { Span = place };
        (Name, _place) = (name, place);
        _evaluation = new ModelEvaluation([], new Declaration.Model(name, dimensions, parameters, call) { NameSpan = place, Span = place })
        {
            Host = (evaluator, scope) => scope.With(Body, new Value.Function(name, names.IsEmpty ? ["_"] : names, [], (_, values, _) => new Value.Random("a model in C#", prefix =>
            {
                var session = new Session(evaluator, scope, place);
                return run(names.IsEmpty ? [] : values.Map(v => new Tensor(session, v.Value)), session, prefix);
            }), default)),
        };
    }

    // No name of a program has a blank in it.
    private const string Body = "host body";

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>A model without arguments.</summary>
    public static Model Define<T>(string name, Func<Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(name, [], body, (_, s, path) => Result(body().Run(s, path), s), Session.Place(file, line, name));

    /// <summary>A model with one argument.</summary>
    public static Model Define<T>(string name, ArgumentType first, Func<Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(name, [first], body, (x, s, path) => Result(body(x[0]).Run(s, path), s), Session.Place(file, line, name));

    /// <summary>A model with two arguments.</summary>
    public static Model Define<T>(
        string name, ArgumentType first, ArgumentType second, Func<Tensor, Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(name, [first, second], body, (x, s, path) => Result(body(x[0], x[1]).Run(s, path), s), Session.Place(file, line, name));

    /// <summary>A model with three arguments.</summary>
    public static Model Define<T>(
        string name, ArgumentType first, ArgumentType second, ArgumentType third, Func<Tensor, Tensor, Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(name, [first, second, third], body, (x, s, path) => Result(body(x[0], x[1], x[2]).Run(s, path), s), Session.Place(file, line, name));

    /// <summary>The model checked for all sizes of its dimensions, or the diagnostics, which name lines of C#.</summary>
    public (CheckedModel? Model, EqArray<Diagnostic> Diagnostics) Check() => CheckedModel.Of(_evaluation, Name, "", _place);

    private static Value Result<T>(T result, Session session) => result is Tensor tensor ? tensor.In(session) : Value.Unit.It;
}

/// <summary>The declared type of a model's argument, or a dimension of the model.</summary>
public sealed class ArgumentType
{
    private ArgumentType(TypeExpr? type) => Type = type;

    /// <summary>Null for a dimension.</summary>
    internal TypeExpr? Type { get; }

    /// <summary>A dimension that no argument has, <c>model name [n]</c> in the text form.</summary>
    public static ArgumentType Dimension { get; } = new((TypeExpr?)null);

    /// <summary><c>real[…]</c>.</summary>
    public static ArgumentType Real(params AxisSize[] axes) => Of("real", null, axes);

    /// <summary><c>int[…]</c>.</summary>
    public static ArgumentType Int(params AxisSize[] axes) => Of("int", null, axes);

    /// <summary><c>int&lt;bound&gt;[…]</c>: indices below <paramref name="bound"/>.</summary>
    public static ArgumentType Index(AxisSize bound, params AxisSize[] axes) => Of("int", bound, axes);

    /// <summary><c>bool[…]</c>.</summary>
    public static ArgumentType Bool(params AxisSize[] axes) => Of("bool", null, axes);

    private static ArgumentType Of(string element, AxisSize? bound, AxisSize[] axes) => new(new TypeExpr.Tensor(element, bound?.Size, axes.Select(a => a.Size).ToEqArray()));
}

/// <summary>The size of an axis in a declared type: a number, or the name of a dimension.</summary>
public readonly struct AxisSize
{
    private AxisSize(Expr size) => Size = size;

    internal Expr Size { get; }

    /// <summary>A known size.</summary>
    public static implicit operator AxisSize(int size) => new(new IntLiteral(size));

    /// <summary>A named dimension.</summary>
    public static implicit operator AxisSize(string name) => new(new Name(name));
}
