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
    internal static Distribution Of(string file, int line, string family, params Tensor[] arguments)
    {
        var place = Session.Place(file, line, $"… {char.ToUpperInvariant(family[0])}{family[1..]} …");
        return new(place, s => s.Call(family, Array.ConvertAll(arguments, a => a.In(s))));
    }

    /// <summary>Independent repetition with new leading axes.</summary>
    public Distribution Iid(params Tensor[] shape) => new(_place, s => s.Call("iid", Shape(s, shape), In(s)));

    /// <summary>Applies a function from distributions to distributions of the text form.</summary>
    internal Distribution Through(string function, params Tensor[] arguments) => new(_place, s => s.Call(function, [.. Array.ConvertAll(arguments, a => a.In(s)), In(s)]));

    internal Value In(Session session) => session.At(_place, () => _value(session));

    internal override Tensor Run(Session session, string path) => session.At(_place, () => new Tensor(session, ProbBlock.Draw(session.Evaluator, _value(session), path, _place)));

    /// <summary>A list of sizes as the text form writes it.</summary>
    internal static Value Shape(Session session, ReadOnlySpan<Tensor> sizes)
    {
        var items = new List<Value>();
        foreach (var size in sizes) items.Add(size.In(session));
        return new Value.List(items.ToEqArray());
    }
}
