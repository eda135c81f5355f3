using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>What a loop carries, goes over and gives: tensors, or tuples, records and lists of them, taken apart into tensors and put together again.</summary>
internal static class LoopState
{
    /// <summary>The tensors of a value from left to right; null, with a report, where it has other parts.</summary>
    public static EqArray<Value.TensorOf>? Leaves(Evaluator evaluator, Value value, SourceSpan span, string what)
    {
        switch (value)
        {
            case Value.Unknown: return null;
            case Value.Unit: return [];
            case Value.TensorOf or Value.Static or Value.Truth: return Coerce.Tensor(evaluator, value, span) is { } tensor ? [tensor] : null;
            case Value.Tuple or Value.Record or Value.List:
                var leaves = new List<Value.TensorOf>();
                foreach (var part in Parts(value))
                {
                    if (Leaves(evaluator, part, span, what) is not { } own) return null;
                    leaves.AddRange(own);
                }
                return leaves.ToEqArray();
            case Value.Distribution or Value.Random:
                evaluator.Trace.Report.Fail(CheckerCodes.NotDrawn, span, $"{what} holds {value.Describe()}, from which nothing has been drawn", "draw it with `let!` in a prob block, and use the value");
                return null;
            default:
                evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"{what} is made of tensors, tuples and records, but there is {value.Describe()} in it");
                return null;
        }
    }

    /// <summary>A value built like <paramref name="like"/> from other tensors.</summary>
    public static Value Rebuild(Value like, EqArray<Value.TensorOf> leaves) => Rebuild(like, new Queue<Value.TensorOf>(leaves));

    /// <summary>Whether two values are built alike, whatever the shapes of their tensors.</summary>
    public static bool IsLike(Value a, Value b) => (a, b) switch
    {
        (Value.TensorOf or Value.Static or Value.Truth, Value.TensorOf or Value.Static or Value.Truth) => true,
        (Value.Unit, Value.Unit) => true,
        (Value.Record x, Value.Record y) => x.Fields.Map(f => f.Name) == y.Fields.Map(f => f.Name) && PartsAreLike(x, y),
        (Value.Tuple, Value.Tuple) or (Value.List, Value.List) => PartsAreLike(a, b),
        _ => false,
    };

    private static bool PartsAreLike(Value a, Value b)
    {
        var (x, y) = (Parts(a), Parts(b));
        return x.Count == y.Count && x.Zip(y).All(pair => IsLike(pair.First, pair.Second));
    }

    private static EqArray<Value> Parts(Value value) => value switch
    {
        Value.Tuple tuple => tuple.Items,
        Value.List list => list.Items,
        Value.Record record => record.Fields.Map(f => f.Value),
        _ => [],
    };

    private static Value Rebuild(Value like, Queue<Value.TensorOf> leaves) => like switch
    {
        Value.Tuple tuple => new Value.Tuple(tuple.Items.Map(item => Rebuild(item, leaves))),
        Value.List list => new Value.List(list.Items.Map(item => Rebuild(item, leaves))),
        Value.Record record => new Value.Record(record.Fields.Map(f => (f.Name, Rebuild(f.Value, leaves)))),
        Value.Unit => like,
        _ => leaves.Dequeue(),
    };
}
