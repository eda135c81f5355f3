using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>A position in an index: a number, a tensor of indices, a range or the whole axis.</summary>
public sealed class Position
{
    private readonly Tensor? _at;
    private readonly Range? _range;

    private Position(Tensor? at, Range? range) => (_at, _range) = (at, range);

    /// <summary>The whole axis, <c>*</c> in the text form.</summary>
    public static Position All { get; } = new(null, null);

    /// <summary>A number, which drops the axis.</summary>
    public static implicit operator Position(int at) => new(at, null);

    /// <summary>A size, which drops the axis, or a tensor of indices.</summary>
    public static implicit operator Position(Tensor at) => new(at, null);

    /// <summary>A range; its end is not included and may count from the end of the axis.</summary>
    public static implicit operator Position(Range range) => new(null, range);

    internal static Tensor Apply(Tensor target, ReadOnlySpan<Position> positions)
    {
        var items = positions.ToArray();
        return Tensor.Make([target, .. items.Where(p => p._at is not null).Select(p => p._at!)], s =>
        {
            var values = new List<Value> { target.In(s) };
            var build = new List<Func<EqArray<Expr>, IndexItem>>();
            var axis = 0;
            foreach (var item in items)
            {
                build.Add(item.Item(s, values, axis));
                axis += 1;
            }
            return s.Evaluate(x => new Syntax.Index(x[0], build.Select(b => b(x)).ToEqArray()), [.. values]);
        });
    }

    private Func<EqArray<Expr>, IndexItem> Item(Session session, List<Value> values, int axis)
    {
        if (_at is { } at)
        {
            var index = values.Count;
            values.Add(at.In(session));
            return x => new IndexItem.At(x[index]);
        }
        if (_range is not { } range || range.Equals(System.Range.All)) return _ => new IndexItem.All();
        var size = values[0] is Value.TensorOf tensor && axis < tensor.Axes.Count ? tensor.Axes[axis].Size : Dim.Of(0);
        var (from, to) = (End(range.Start), End(range.End) - Dim.Of(1));
        var first = values.Count;
        values.Add(new Value.Static(from, session.Clause));
        values.Add(new Value.Static(to, session.Clause));
        return x => new IndexItem.Range(x[first], x[first + 1]);

        Dim End(System.Index end) => end.IsFromEnd ? size - Dim.Of(end.Value) : Dim.Of(end.Value);
    }
}
