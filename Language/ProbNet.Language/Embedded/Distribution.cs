using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>A distribution; as a random computation, one draw from it.</summary>
public sealed class Distribution : Prob<Tensor>
{
    private readonly Func<Session, Value> _value;
    private readonly SourceSpan _place;

    internal Distribution(SourceSpan place, Func<Session, Value> value) => (_place, _value) = (place, value);

    /// <summary>The family of this name in the text form, with its arguments.</summary>
    internal static Distribution Of(string file, int line, string family, params Tensor[] arguments) => Made(file, line, family, s => Array.ConvertAll(arguments, a => a.In(s)));

    /// <summary>A distribution that a library function makes of values.</summary>
    internal static Distribution Made(string file, int line, string function, Func<Session, Value[]> arguments)
    {
        var place = Session.Place(file, line, $"… {char.ToUpperInvariant(function[0])}{function[1..]} …");
        return new(place, s => s.Call(function, arguments(s)));
    }

    /// <summary>Independent repetition with new leading axes.</summary>
    /// <param name="shape">The sizes of the new axes.</param>
    public new Distribution Iid(params Tensor[] shape) => new(_place, s => s.Call("iid", Shape(s, shape), In(s)));

    /// <summary>A function from distributions to distributions applied to it.</summary>
    internal Distribution Through(string function) => new(_place, s => s.Call(function, In(s)));

    internal Value In(Session session) => session.At(Place(session), () => _value(session));

    internal override Tensor Run(Session session, string path) => session.At(Place(session), () => new Tensor(session, ProbBlock.Draw(session.Evaluator, _value(session), path, session.Clause)));

    /// <summary>A list of sizes as the text form writes it.</summary>
    internal static Value Shape(Session session, ReadOnlySpan<Tensor> sizes)
    {
        var items = new List<Value>();
        foreach (var size in sizes) items.Add(size.In(session));
        return Session.List(items);
    }

    private SourceSpan Place(Session session) => _place.Source is null ? session.Clause : _place;
}
