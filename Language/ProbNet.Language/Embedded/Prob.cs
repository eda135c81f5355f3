using System.Reflection;
using System.Runtime.CompilerServices;
using ProbNet.Graph;
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
    /// <summary>Runs it; sites are named below <paramref name="path"/>.</summary>
    internal abstract T Run(Session session, string path);

    /// <summary><c>from x in this select …</c>.</summary>
    public Prob<R> Select<R>(Func<T, R> project, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0, [CallerArgumentExpression(nameof(project))] string text = "")
    {
        var (place, name) = (Session.Place(file, line, text), Prob.NameOf(project.Method, 0));
        return Prob.From((session, path) =>
        {
            var x = session.At(place, () => Run(session, Prob.Join(path, name)));
            return session.At(place, () => project(x));
        });
    }

    /// <summary><c>from x in this from y in … select …</c>.</summary>
    public Prob<R> SelectMany<U, R>(
        Func<T, Prob<U>> next, Func<T, U, R> project, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0, [CallerArgumentExpression(nameof(next))] string text = "")
    {
        var (place, name, nextName) = (Session.Place(file, line, text), Prob.NameOf(next.Method, 0), Prob.NameOf(project.Method, 1));
        return Prob.From((session, path) =>
        {
            var x = session.At(place, () => Run(session, Prob.Join(path, name)));
            return session.At(place, () =>
            {
                var y = next(x).Run(session, Prob.Join(path, nextName));
                return project(x, y);
            });
        });
    }
}

/// <summary>Random computations.</summary>
public static class Prob
{
    /// <summary>The computation that draws nothing and gives a value, <c>return</c> in the text form.</summary>
    public static Prob<T> Return<T>(T value) => From((_, _) => value);

    internal static Prob<T> From<T>(Func<Session, string, T> run) => new Computation<T>(run);

    /// <summary>A library function or distribution, drawn from under the name it is bound to.</summary>
    internal static Prob<Tensor> Call(string function, SourceSpan place, params Tensor[] arguments) => From((session, path) => session.At(place.Source is null ? session.Clause : place, () =>
        new Tensor(session, ProbBlock.Draw(session.Evaluator, session.Call(function, Array.ConvertAll(arguments, a => a.In(session))), path, session.Clause))));

    /// <summary>The name a lambda gives to one of its parameters, or null for those the compiler made up and for discards.</summary>
    internal static string? NameOf(MethodInfo lambda, int parameter)
    {
        var name = lambda.GetParameters()[^(lambda.GetParameters().Length - parameter)].Name;
        return name is null || name.StartsWith('<') || name.StartsWith('_') ? null : name;
    }

    internal static string Join(string path, string? name) => name is null ? path : ProbBlock.Join(path, name);

    private sealed class Computation<T>(Func<Session, string, T> run) : Prob<T>
    {
        internal override T Run(Session session, string path) => run(session, path);
    }
}
