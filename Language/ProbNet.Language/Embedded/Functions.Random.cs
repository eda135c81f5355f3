using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

public static partial class Functions
{
    /// <summary>Reports a computed value with the posterior under the name it is bound to: <c>from theta in Deterministic(mu + tau * z)</c>.</summary>
    public static Prob<Tensor> Deterministic(Tensor value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Prob.From((session, path) =>
    {
        if (value.In(session) is Value.TensorOf tensor) session.Evaluator.Trace.ReportValue(path, tensor, Session.Place(file, line, "… Deterministic …"));
        return value;
    });

    /// <summary>States that a value was seen from a distribution: <c>from _ in Observe(y, Normal(mean, sigma))</c>.</summary>
    public static Prob<Tensor> Observe(Tensor value, Distribution distribution, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Effect(Session.Place(file, line, "… Observe …"), s => s.Call("observe", value.In(s), distribution.In(s)));

    /// <summary>Adds a term to the log-density, in nats: <c>from _ in Factor(-energy)</c>.</summary>
    public static Prob<Tensor> Factor(Tensor term, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Effect(Session.Place(file, line, "… Factor …"), s => s.Call("factor", term.In(s)));

    /// <summary>A value learned as a point under the name given, starting from a draw.</summary>
    /// <param name="name">Its name, unique in the model.</param>
    /// <param name="start">Where it starts; its shape is the parameter's, e.g. <c>Glorot(x.Features, 10)</c>.</param>
    /// <param name="like">Any value of the model being built: parameters belong to an evaluation.</param>
    public static Tensor Param(string name, Distribution start, Tensor like) => Tensor.Make([like], s => Learned(s, name, start.In(s)));

    /// <summary>A value learned as a point under the name given, starting from a tensor.</summary>
    /// <inheritdoc cref="Param(string, Distribution, Tensor)"/>
    public static Tensor Param(string name, Tensor start, Tensor like) => Tensor.Make([like], s => Learned(s, name, start.In(s)));

    /// <summary>Starting values for the weights of a linear map: normal with variance 2 / (inputs + outputs).</summary>
    public static Distribution Glorot(params Tensor[] shape) => new(default, s => s.Call("glorot", Distribution.Shape(s, shape)));

    /// <summary>A dense layer with standard normal priors on its weights <c>w</c> and bias <c>b</c>: [n, k] to [n, units].</summary>
    public static Func<Tensor, Prob<Tensor>> Dense(Tensor units, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var place = Session.Place(file, line, "… Dense …");
        return x => Prob.Call("dense", place, units, x);
    }

    /// <summary>Feeds x through one random layer for each item; the sites of layers are numbered from 0.</summary>
    public static Prob<Tensor> FoldLayers<A>(Func<A, Tensor, Prob<Tensor>> layer, IEnumerable<A> items, Tensor x) => Prob.From((session, path) =>
        items.Select((item, i) => (item, i)).Aggregate(x, (h, next) =>
            layer(next.item, h).Run(session, ProbBlock.Join(path, next.i.ToString(System.Globalization.CultureInfo.InvariantCulture)))));

    private static Value Learned(Session session, string name, Value start)
    {
        var axes = start switch { Value.Distribution d => d.Type.Axes, Value.TensorOf t => t.Axes, _ => default };
        return start.IsUnknown ? start : session.Call("param", new Value.Text(name), new Value.List(axes.Map(a => (Value)new Value.Static(a.Size, a.From))), start);
    }

    private static Prob<Tensor> Effect(SourceSpan place, Func<Session, Value> value) => Prob.From((session, path) => session.At(place, () =>
        new Tensor(session, ProbBlock.Draw(session.Evaluator, value(session), path, place))));
}
