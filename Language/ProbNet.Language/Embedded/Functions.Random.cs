using System.Runtime.CompilerServices;
using ProbNet.Graph;
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
        Prob.Drawn<Tensor>(Session.Place(file, line, "… Observe …"), s => s.Call("observe", value.In(s), distribution.In(s)));

    /// <summary>Adds a term to the log-density, in nats: <c>from _ in Factor(-energy)</c>.</summary>
    public static Prob<Tensor> Factor(Tensor term, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Prob.Drawn<Tensor>(Session.Place(file, line, "… Factor …"), s => s.Call("factor", term.In(s)));

    /// <summary>Auxiliary noise, drawn anew in every step, posterior draw and row; it is no site: it is never inferred.</summary>
    public static Prob<Tensor> Noise(Distribution distribution, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Prob.Drawn<Tensor>(Session.Place(file, line, "… Noise …"), s => s.Call("noise", distribution.In(s)));

    /// <summary>
    /// A value learned as a point under the name given: <c>Param("decoder.w", [x.Features, 64], Glorot)</c>. It starts from a function of its shape that gives a distribution.
    /// </summary>
    /// <remarks>A parameter of known sizes enters the model where it is first used; one that is never used is no part of the model.</remarks>
    /// <param name="name">Its name, unique in the model.</param>
    /// <param name="shape">The sizes of its axes.</param>
    /// <param name="start">The distribution of its first value.</param>
    /// <param name="file">The C# file, given by the compiler.</param>
    /// <param name="line">The C# line, given by the compiler.</param>
    public static Tensor Param(string name, Tensor[] shape, Func<Tensor[], Distribution> start, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Learned(name, shape, s => start(shape).In(s), file, line);

    /// <summary>A value learned as a point that starts from a function of its shape: <c>Param("decoder.b", [64], Zeros)</c>.</summary>
    /// <inheritdoc cref="Param(string, Tensor[], Func{Tensor[], Distribution}, string, int)"/>
    public static Tensor Param(string name, Tensor[] shape, Func<Tensor[], Tensor> start, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Learned(name, shape, s => start(shape).In(s), file, line);

    /// <summary>A value learned as a point that starts from a tensor that its shape repeats: <c>Param("scale", [8], 0.1)</c>.</summary>
    /// <inheritdoc cref="Param(string, Tensor[], Func{Tensor[], Distribution}, string, int)"/>
    public static Tensor Param(string name, Tensor[] shape, Tensor start, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Learned(name, shape, start.In, file, line);

    /// <summary>A value learned as a point that starts from a draw from a distribution of its shape.</summary>
    /// <inheritdoc cref="Param(string, Tensor[], Func{Tensor[], Distribution}, string, int)"/>
    public static Tensor Param(string name, Tensor[] shape, Distribution start, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Learned(name, shape, start.In, file, line);

    /// <summary>Starting values for the weights of a linear map: normal with variance 2 / (inputs + outputs).</summary>
    public static Distribution Glorot(params Tensor[] shape) => new(default, s => s.Call("glorot", Distribution.Shape(s, shape)));

    private static Tensor Learned(string name, Tensor[] shape, Func<Session, Value> start, string file, int line)
    {
        var place = Session.Place(file, line, "… Param …");
        return Tensor.Make(shape, s => s.At(place, () => s.Call("param", new Value.Text(name), Distribution.Shape(s, shape), start(s))));
    }
}
