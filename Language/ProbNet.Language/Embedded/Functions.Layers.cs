using System.Globalization;
using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

public static partial class Functions
{
    /// <summary>A dense layer with standard normal priors on its weights <c>w</c> and bias <c>b</c>: [n, k] to [n, units].</summary>
    public static Func<Tensor, Prob<Tensor>> Dense(Tensor units, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Layer("dense", file, line, s => [units.In(s)]);

    /// <summary>A dense layer whose weights come from a prior over shapes and whose bias is standard normal: [n, k] to [n, units].</summary>
    public static Func<Tensor, Prob<Tensor>> DenseWith(Func<Tensor[], Prob<Tensor>> prior, Tensor units, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Layer("denseWith", file, line, s => [Prior(s, prior), units.In(s)]);

    /// <summary>Dense layers of the given widths with an activation between them (none after the last): <c>x | Mlp(Tanh, [64, 64, 1])</c>.</summary>
    public static Func<Tensor, Prob<Tensor>> Mlp(Func<Tensor, Tensor> activation, Tensor[] widths, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Layer("mlp", file, line, s => [s.Function("activation", ["x"], x => activation(x[0]).In(s)), Distribution.Shape(s, widths)]);

    /// <summary>Sets a part of x to zero at random and scales the rest by 1 / (1 - rate): <c>Relu(h) | Dropout(0.25)</c>. The mask is auxiliary noise.</summary>
    public static Func<Tensor, Prob<Tensor>> Dropout(Tensor rate, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Layer("dropout", file, line, s => [rate.In(s)]);

    /// <summary>Feeds x through one random layer for each item; the sites of layers are numbered from 0.</summary>
    public static Prob<Tensor> FoldLayers<A>(Func<A, Tensor, Prob<Tensor>> layer, IEnumerable<A> items, Tensor x) => Prob.From((session, path) =>
        items.Select((item, i) => (item, i)).Aggregate(x, (h, next) => layer(next.item, h).Run(session, Numbered(path, next.i))));

    /// <summary>Draws once for each item of a list: <c>map</c> over a list in the text form. Sites are numbered from 0.</summary>
    public static Prob<Tensor[]> Each<A>(IEnumerable<A> items, Func<A, Prob<Tensor>> draw) => Prob.From((session, path) =>
        items.Select((item, i) => draw(item).Run(session, Numbered(path, i))).ToArray());

    /// <summary>Random stages one after the other, <c>f &gt;=&gt; g</c> in the text form; the sites of stages are numbered from 0.</summary>
    public static Func<Tensor, Prob<Tensor>> Stages(params Func<Tensor, Prob<Tensor>>[] stages) => x => Prob.Drawn<Tensor>(default, s =>
    {
        Value[] functions = [.. stages.Select(stage => s.Function("stage", ["x"], h => s.Random(stage(h[0]))))];
        var composed = s.Evaluate(f => f.AsEnumerable().Aggregate((left, right) => new Binary(BinaryOperator.ComposeProb, left, right) { Span = s.Clause, OperatorSpan = s.Clause }), functions);
        return s.Evaluator.Apply(new(composed, s.Clause), s.Clause, x.In(s));
    });

    private static string Numbered(string path, int index) => ProbBlock.Join(path, index.ToString(CultureInfo.InvariantCulture));

    // A random function of the library: its last argument is what it is applied to.
    private static Func<Tensor, Prob<Tensor>> Layer(string function, string file, int line, Func<Session, Value[]> arguments)
    {
        var place = Session.Place(file, line, $"… {char.ToUpperInvariant(function[0])}{function[1..]} …");
        return x => Prob.Drawn<Tensor>(place, s => s.Call(function, [.. arguments(s), x.In(s)]));
    }

    private static Value Prior(Session session, Func<Tensor[], Prob<Tensor>> prior) =>
        session.Function("prior", ["shape"], shape => session.Random(prior(Hosted.Items(shape[0], session))));
}
