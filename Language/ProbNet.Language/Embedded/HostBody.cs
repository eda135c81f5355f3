using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>The body of a model or guide as a C# lambda, in the place where a declaration of the text form has an expression: a call of a function that only this body has.</summary>
/// <param name="Name">The model's or guide's name.</param>
/// <param name="Names">The names of the lambda's parameters.</param>
/// <param name="Place">Where it is defined.</param>
/// <param name="Run">The lambda: arguments, session and path to the result.</param>
internal sealed record HostBody(string Name, EqArray<string> Names, SourceSpan Place, Func<EqArray<Tensor>, Session, string, Value> Run)
{
    // No name of a program has a blank in it.
    private const string Function = "host body";

    /// <summary>The body of a lambda.</summary>
    public static HostBody Of<T>(string name, Delegate lambda, string file, int line, Func<EqArray<Tensor>, Prob<T>> body) =>
        new(name, NamesOf(lambda), Session.Place(file, line, name), (x, session, path) => Hosted.TryOf(body(x).Run(session, path), session) ?? Value.Unit.It);

    /// <summary>The expression that stands for the body.</summary>
    public Expr Call => new Apply(new Name(Function) { Span = Place }, Names.IsEmpty ? [new UnitLiteral { Span = Place }] : Names.Map(Expr (n) => new Name(n) { Span = Place })) { Span = Place };

    /// <summary>A parameter of the declaration.</summary>
    public Syntax.Parameter Parameter(string name, TypeExpr? type) => new(new Pattern.Variable(name) { Span = Place }, type is null ? null : type with { Span = Place });

    /// <summary>The scope in which <see cref="Call"/> means the body, for one evaluation.</summary>
    public Scope Bind(Evaluator evaluator, Scope scope) => scope.With(Function, new Value.Function(Name, Names.IsEmpty ? ["_"] : Names, [], (_, values, _) => new Value.Random("a model in C#", path =>
    {
        var session = new Session(evaluator, scope, Place);
        return Run(Names.IsEmpty ? [] : values.Map(v => new Tensor(session, v.Value)), session, path);
    }), default));

    // A delegate may be closed over a first parameter of its method.
    private static EqArray<string> NamesOf(Delegate lambda) =>
        lambda.Method.GetParameters()[^lambda.GetType().GetMethod("Invoke")!.GetParameters().Length..].Select(p => p.Name!).ToEqArray();
}
