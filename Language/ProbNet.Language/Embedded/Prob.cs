using System.Reflection;
using System.Runtime.CompilerServices;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>
/// A random computation with a result, <c>prob { … }</c> in the text form: written as a query, <c>from w in Normal(0, 1).Iid(3) … select …</c>, in which each
/// range variable names what is drawn. The compiler keeps the names of range variables as names of the lambdas' parameters, from which they are read.
/// </summary>
/// <typeparam name="T">The result.</typeparam>
public abstract class Prob<T>
{
    /// <summary>Where it is written as a query; no source for anything else.</summary>
    internal virtual SourceSpan Written => default;

    /// <summary>Runs it; sites are named below <paramref name="path"/>.</summary>
    internal abstract T Run(Session session, string path);

    /// <summary>Independent repetition with new leading axes, of everything it draws and of its result.</summary>
    /// <param name="shape">The sizes of the new axes.</param>
    public Prob<T> Iid(params Tensor[] shape) => Prob.From((session, path) =>
        Hosted.To<T>(new Tensor(session, ProbBlock.Draw(session.Evaluator, session.Call("iid", Distribution.Shape(session, shape), session.Random(this)), path, session.Clause))));
}

/// <summary>Random computations: queries over them, and those that draw nothing.</summary>
public static class Prob
{
    /// <summary>The computation that draws nothing and gives a value, <c>return</c> in the text form.</summary>
    public static Prob<T> Return<T>(T value) => From((_, _) => value);

    /// <summary><c>from x in source select …</c>, and <c>let</c> in a query.</summary>
    public static Prob<R> Select<T, R>(
        this Prob<T> source, Func<T, R> project, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(source))] string from = "", [CallerArgumentExpression(nameof(project))] string text = "")
    {
        var (first, place, name) = (Before(file, line, from), Session.Place(file, line, text), NameOf(project.Method, 0));
        return new Query<R>(place, (session, path) =>
        {
            var x = First(session, source, project.Method, first, path, name);
            return session.At(place, () => project(x));
        });
    }

    /// <summary><c>from x in source from y in … select …</c>.</summary>
    public static Prob<R> SelectMany<T, U, R>(
        this Prob<T> source, Func<T, Prob<U>> next, Func<T, U, R> project, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0,
        [CallerArgumentExpression(nameof(source))] string from = "", [CallerArgumentExpression(nameof(next))] string text = "")
    {
        var (first, place, name, nextName) = (Before(file, line, from), Session.Place(file, line, text), NameOf(next.Method, 0), NameOf(project.Method, 1));
        return new Query<R>(place, (session, path) =>
        {
            var x = First(session, source, next.Method, first, path, name);
            return session.At(place, () => project(x, Clause(session, next(x), place, text, Join(path, nextName))));
        });
    }

    internal static Prob<T> From<T>(Func<Session, string, T> run) => new Computation<T>(run);

    /// <summary>A value of the language that is drawn from under the name it is bound to, at a place.</summary>
    internal static Prob<T> Drawn<T>(SourceSpan place, Func<Session, Value> value) => From((session, path) => session.At(place.Source is null ? session.Clause : place, () =>
        Hosted.To<T>(new Tensor(session, ProbBlock.Draw(session.Evaluator, value(session), path, session.Clause)))));

    /// <summary>The name a lambda gives to one of its parameters, or null for those the compiler made up and for discards.</summary>
    internal static string? NameOf(MethodInfo lambda, int parameter)
    {
        var name = Parameter(lambda, parameter);
        return name is null || name.StartsWith('<') || name.StartsWith('_') ? null : name;
    }

    internal static string Join(string path, string? name) => name is null ? path : ProbBlock.Join(path, name);

    // A lambda may have a hidden first parameter for what it captures.
    private static string? Parameter(MethodInfo lambda, int parameter) => lambda.GetParameters()[^(lambda.GetParameters().Length - parameter)].Name;

    private static string Text(SourceSpan clause) => clause.Source!.Text.Substring(clause.Start, clause.Length) is var text && text.IndexOf(" in ", StringComparison.Ordinal) is > 0 and var at ? text[(at + 4)..] : text;

    // What stands before a clause is either the query so far, whose several variables the compiler packs together, or the first clause.
    private static T First<T>(Session session, Prob<T> source, MethodInfo lambda, SourceSpan first, string path, string? name) =>
        Parameter(lambda, 0)?.StartsWith('<') == true ? source.Run(session, path) : session.At(first, () => Clause(session, source, first, Text(first), Join(path, name)));

    private static T Clause<T>(Session session, Prob<T> computation, SourceSpan clause, string text, string path) => computation.Written.Source is null
        ? computation.Run(session, path)
        : session.Used(text, clause, computation.Written, () => computation.Run(session, path));

    // The compiler tells the line of a clause and the text of the one before, but not its line: clauses are taken to stand on lines of their own.
    private static SourceSpan Before(string file, int line, string text) => Session.Place(file, Math.Max(1, line - 1 - text.Count(c => c == '\n')), text);

    private sealed class Computation<T>(Func<Session, string, T> run) : Prob<T>
    {
        internal override T Run(Session session, string path) => run(session, path);
    }

    private sealed class Query<T>(SourceSpan written, Func<Session, string, T> run) : Prob<T>
    {
        internal override SourceSpan Written => written;

        internal override T Run(Session session, string path) => run(session, path);
    }
}
