using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Optimizers;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Workflow;

/// <summary>
/// One step of a small fixed network on a thread of its own, whose results are thrown away. The runtime compiles and loads code when it first runs; this has it do so for what every
/// fit comes to last (gradients, passes, planning, kernels) while the program and its data are still being read. No result of a fit depends on it.
/// </summary>
public static class Rehearsal
{
    private const int Rows = 37, Inputs = 4, Hidden = 64, Classes = 3, Batch = 32;

    /// <summary>Starts it where a second processor would idle. It does not keep the process alive.</summary>
    /// <param name="backend">What the fit will compute with.</param>
    public static void Start(IBackend backend)
    {
        if (Environment.ProcessorCount < 2) return;
        new Thread(() => Attempt(backend)) { IsBackground = true, Name = "rehearsal" }.Start();
    }

    private static void Attempt(IBackend backend)
    {
        try
        {
            Run(backend);
        }
        catch (Exception)
        {
            // What fails here (memory that is short, a kernel that is missing) fails again where it matters, and is told there.
        }
    }

    /// <summary>The step.</summary>
    /// <returns>The loss at parameters of zero.</returns>
    internal static double Run(IBackend backend)
    {
        var (graph, state) = Step();
        using var executable = backend.Compile(Pipeline.Optimize(graph), new CompileOptions { Carries = Enumerable.Range(0, state).Select(i => new Carry(i, i)).ToEqArray(), Threads = 1 });
        for (var i = 0; i < graph.Inputs.Length; i++) executable.Write(i, HostTensor.Zeros(graph.Inputs[i].DType, graph.Inputs[i].Shape));
        executable.Run();
        return executable.Read(state, new(DType.F32, []))[0];
    }

    // Inputs and outputs: parameters, their moments, the step, then seed, batch and data; the loss is the first output after the state.
    private static (TensorGraph Graph, int State) Step()
    {
        var (step, seed) = (Input("step", DType.I64, []), Input("seed", DType.I64, []));
        var (index, weight) = (Input("index", DType.I64, [Batch]), Input("weight", DType.F32, [Batch]));
        var (x, labels) = (Input("x", DType.F32, [Rows, Inputs]), Input("labels", DType.I64, [Rows]));
        var random = new RandomSource(seed, step, Constant(HostTensor.Scalar(0)));
        EqArray<Tensor> parameters = [.. Layer("h", Inputs, Hidden), .. Layer("out", Hidden, Classes)];
        var (hidden, first) = Dense(Gather(x, index), parameters, 0, random.Named("h"));
        var (logits, second) = Dense(Relu(hidden), parameters, 4, random.Named("out"));
        var likelihood = SumAll(Composite.TakeLast(Composite.LogSoftmax(logits), Gather(labels, index)) * weight);
        var loss = (first + second - likelihood) / Rows;

        var adam = new Adam();
        var number = Convert(step, DType.F64) + 1;
        var (slots, state, finite) = StepGraph.Advance(loss, parameters, step, adam, new(Like(number, adam.Rate), number), clip: null);
        return (new([.. parameters, .. slots, step, seed, index, weight, x, labels], [.. state, ("loss", loss), ("finite", finite)]), state.Count);
    }

    private static EqArray<Tensor> Layer(string name, int inputs, int outputs) =>
    [
        Input(name + ".w.loc", DType.F32, [inputs, outputs]), Input(name + ".w.raw", DType.F32, [inputs, outputs]),
        Input(name + ".b.loc", DType.F32, [outputs]), Input(name + ".b.raw", DType.F32, [outputs]),
    ];

    // Weights with flipout, biases drawn once, and the divergence of both from a standard normal but for a constant.
    private static (Tensor Value, Tensor Divergence) Dense(Tensor x, EqArray<Tensor> parameters, int first, RandomSource random)
    {
        var (weight, weightScale) = (parameters[first], Softplus(parameters[first + 1]));
        var (bias, biasScale) = (parameters[first + 2], Softplus(parameters[first + 3]));
        var noise = weightScale * random.Normal(weight.DType, weight.Shape);
        var (rows, columns) = (random.Named("inputs").Sign(x.DType, x.Shape), random.Named("outputs").Sign(x.DType, [x.Shape[0], bias.Shape[0]]));
        var value = MatMul(x, weight) + MatMul(x * rows, noise) * columns + (bias + biasScale * random.Named("b").Normal(bias.DType, bias.Shape));
        return (value, Divergence(weight, weightScale) + Divergence(bias, biasScale));
    }

    private static Tensor Divergence(Tensor loc, Tensor scale) => SumAll((Square(loc) + Square(scale)) / 2 - Log(scale));
}
