using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>
/// Loops over the leading axis of tensors: one node of the graph, whatever the length. States and sequences are tensors or C# tuples of tensors; a step that draws is a
/// query. Loops over lists of known length are C#'s own, and <see cref="FoldLayers"/> and <see cref="Each"/> where items draw.
/// </summary>
public static partial class Functions
{
    /// <summary>Applies a function to each position of a tensor's leading axis.</summary>
    public static Y Map<X, Y>(Func<X, Y> f, X over) => Hosted.To<Y>(Loop("map", over, s => [Item(s, (X x) => Hosted.Of(f(x), s)), Hosted.Of(over, s)]));

    /// <summary>Draws at each position of a tensor's leading axis; a site has a leading axis of positions.</summary>
    public static Prob<Y> Map<X, Y>(Func<X, Prob<Y>> f, X over) => Prob.Drawn<Y>(default, s => s.Call("map", Item(s, (X x) => s.Random(f(x))), Hosted.Of(over, s)));

    /// <summary>Draws from a distribution at each position of a tensor's leading axis.</summary>
    public static Prob<Tensor> Map<X>(Func<X, Distribution> f, X over) => Map<X, Tensor>(f, over);

    /// <summary>Passes a state through a function for each position of a tensor's leading axis, and gives the last: <c>Fold((h, x) =&gt; Tanh(h + x), Zeros(3), xs)</c>.</summary>
    public static Tensor Fold(Func<Tensor, Tensor, Tensor> step, Tensor start, Tensor over) => Fold<Tensor, Tensor>(step, start, over);

    /// <summary>A fold whose steps draw; a site has a leading axis of steps.</summary>
    public static Prob<Tensor> Fold(Func<Tensor, Tensor, Prob<Tensor>> step, Tensor start, Tensor over) => Fold<Tensor, Tensor>(step, start, over);

    /// <summary>A fold over tuples of tensors or with a tuple of tensors as its state.</summary>
    public static S Fold<S, X>(Func<S, X, S> step, S start, X over) => Hosted.To<S>(Loop("fold", (start, over), s => Steps(s, (S h, X x) => Hosted.Of(step(h, x), s), start, over)));

    /// <summary>A fold over tuples of tensors or with a tuple of tensors as its state, whose steps draw.</summary>
    public static Prob<S> Fold<S, X>(Func<S, X, Prob<S>> step, S start, X over) => Prob.Drawn<S>(default, s => s.Call("fold", Steps(s, (S h, X x) => s.Random(step(h, x)), start, over)));

    /// <summary>As <see cref="Fold(Func{Tensor, Tensor, Tensor}, Tensor, Tensor)"/>, and gives the states after each step, with a leading axis of steps.</summary>
    public static Tensor Scan(Func<Tensor, Tensor, Tensor> step, Tensor start, Tensor over) => Scan<Tensor, Tensor>(step, start, over);

    /// <summary>A scan whose steps draw.</summary>
    public static Prob<Tensor> Scan(Func<Tensor, Tensor, Prob<Tensor>> step, Tensor start, Tensor over) => Scan<Tensor, Tensor>(step, start, over);

    /// <summary>A scan over tuples of tensors or with a tuple of tensors as its state.</summary>
    public static S Scan<S, X>(Func<S, X, S> step, S start, X over) => Hosted.To<S>(Loop("scan", (start, over), s => Steps(s, (S h, X x) => Hosted.Of(step(h, x), s), start, over)));

    /// <summary>A scan over tuples of tensors or with a tuple of tensors as its state, whose steps draw.</summary>
    public static Prob<S> Scan<S, X>(Func<S, X, Prob<S>> step, S start, X over) => Prob.Drawn<S>(default, s => s.Call("scan", Steps(s, (S h, X x) => s.Random(step(h, x)), start, over)));

    /// <summary>A scan whose step gives the next state and an output: the last state, and the outputs of all steps.</summary>
    public static (S State, Y Outputs) Scan<S, X, Y>(Func<S, X, (S, Y)> step, S start, X over) =>
        Hosted.To<(S, Y)>(Loop("scan", (start, over), s => Steps(s, (S h, X x) => Hosted.Of(step(h, x), s), start, over)));

    /// <summary>A scan whose step draws, and gives the next state and an output.</summary>
    public static Prob<(S State, Y Outputs)> Scan<S, X, Y>(Func<S, X, Prob<(S, Y)>> step, S start, X over) =>
        Prob.Drawn<(S, Y)>(default, s => s.Call("scan", Steps(s, (S h, X x) => s.Random(step(h, x)), start, over)));

    private static Tensor Loop(string name, object? operands, Func<Session, Value[]> arguments) => Tensor.Make([.. Hosted.Parts(operands)], s => s.Call(name, arguments(s)));

    private static Value[] Steps<S, X>(Session session, Func<S, X, Value> step, S start, X over) =>
        [session.Function("step", ["state", "item"], a => step(Hosted.To<S>(a[0]), Hosted.To<X>(a[1]))), Hosted.Of(start, session), Hosted.Of(over, session)];

    private static Value Item<X>(Session session, Func<X, Value> f) => session.Function("f", ["item"], a => f(Hosted.To<X>(a[0])));
}
