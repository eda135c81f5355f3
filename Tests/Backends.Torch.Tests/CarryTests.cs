using ProbNet.Graph;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>State fed back in place over several runs, against feeding it back by hand.</summary>
public class CarryTests
{
    [TorchFact]
    public void State_that_swaps_turns_repeats_and_counts()
    {
        Tensor x = Input("x", DType.F32, [3]), y = Input("y", DType.F32, [3]), square = Input("square", DType.F32, [2, 2]), count = Input("count", DType.I64, []), first = Input("first", DType.F32, []);
        Check(
            new([x, y, square, count, first],
            [
                ("x", y), ("y", x), ("square", TransposeLast(square)), ("count", count + Constant(HostTensor.Scalar(1))), ("first", Index(x, 0, 0)), ("seen", Reshape(x, [1, 3])), ("unchanged", square),
            ]),
            [new(0, 0), new(1, 1), new(2, 2), new(3, 3), new(4, 4)],
            [HostTensor.Of([3], [1.5f, 2, 3]), HostTensor.Of([3], [5f, 7, 11]), HostTensor.Of([2, 2], [1f, 2, 3, 4]), HostTensor.Scalar(3), HostTensor.Of([], [0.5f])]);
    }

    [TorchFact]
    public void State_read_after_its_new_value_is_known()
    {
        Tensor x = Input("x", DType.F64, [3]), y = Input("y", DType.F64, [3]), c = Input("c", DType.F64, [3]);
        var next = x * c;
        // The old x is read by a node that comes after the product, y's by the product with its own new value.
        Check(
            new([x, y, c], [("x", next), ("y", Sin(next) + y), ("late", Exp(next) * x), ("view", Reshape(next, [3, 1])), ("same", c)]),
            [new(0, 0), new(1, 1), new(2, 4)],
            [HostTensor.Of([3], [1.5, 2, -0.5]), HostTensor.Of([3], [0.3, 0.7, 1.1]), HostTensor.Of([3], [0.9, 0.8, 1.1])]);
    }

    [TorchFact]
    public void One_value_carried_twice_and_a_value_that_reads_its_own_state_through_a_view()
    {
        Tensor a = Input("a", DType.F64, [2, 2]), b = Input("b", DType.F64, [2, 2]), d = Input("d", DType.F64, [2, 2]);
        var sum = a + b;
        Check(
            new([a, b, d], [("a", sum), ("b", sum), ("d", d - TransposeLast(d) * 0.5), ("constant", Constant(HostTensor.Of([2], [1.5, 2])))]),
            [new(0, 0), new(1, 0), new(2, 2)],
            [HostTensor.Of([2, 2], [1.5, 2, -0.5, 3]), HostTensor.Of([2, 2], [0.3, 0.7, 1.1, -2]), HostTensor.Of([2, 2], [0.9, 0.8, 1.1, 5])]);
    }

    [Fact]
    public void Updates_are_written_into_the_state_itself()
    {
        var graph = new TensorGraph([Input("x", DType.F32, [3]), Input("g", DType.F32, [3])], []);
        var text = PlainEmitter.Emit(graph.WithOutputs([("x", graph.Inputs[0] - graph.Inputs[1] * 0.1)]), [new(0, 0)]).Text;
        Assert.Contains("torch.sub(x, v_1, out=x)", text);
        Assert.DoesNotContain("copy_", text);
        var kept = Select(Less(Index(graph.Inputs[1], 0, 0), Constant(DType.F32, 2)), graph.Inputs[1], graph.Inputs[0]);
        Assert.Matches(@"torch\.where\(v_\d+, g, x, out=x\)", PlainEmitter.Emit(graph.WithOutputs([("x", kept)]), [new(0, 0)]).Text);
    }

    [TorchFact]
    public void Random_states_that_pass_through_each_other()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            Tensor[] inputs = [.. Enumerable.Range(0, 5).Select(i => Input($"s{i}", DType.F64, [2, 2]))];
            var pool = inputs.ToList();
            for (var i = 0; i < 9; i++)
            {
                Tensor a = pool[random.Next(pool.Count)], b = pool[random.Next(pool.Count)];
                pool.Add(random.Next(8) switch
                {
                    0 => a + b,
                    1 => a * 0.5 - b,
                    2 => TransposeLast(a),
                    3 => Reshape(Reshape(a, [4]), [2, 2]),
                    4 => BroadcastTo(SliceAxis(a, 0, 1, 2), [2, 2]),
                    5 => Max(a, TransposeLast(b)),
                    6 => Select(Less(a, b), a, b),
                    _ => Sin(a) * b,
                });
            }
            // Values of any of the nodes, some of them carried to some of the states.
            var outputs = Enumerable.Range(0, 7).Select(i => ($"y{i}", pool[random.Next(pool.Count)])).ToArray();
            int[] states = [0, 1, 2, 3, 4];
            random.Shuffle(states);
            EqArray<Carry> carries = [.. states.Take(random.Next(1, 6)).Select(input => new Carry(input, random.Next(outputs.Length)))];
            HostTensor[] values = [.. inputs.Select(_ => HostTensor.Of([2, 2], [.. Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 3 - 1)]))];
            Check(new(inputs, outputs), carries, values, $"seed {seed}, ");
        }
    }

    [Fact]
    public void Names_of_inputs_are_legal_and_different()
    {
        Tensor[] inputs = [.. new[] { "h1.w", "h1_w", "for", "1st", "v.3", "é", "", "inputs", "step", "philox" }.Select(name => Input(name, DType.F32, []))];
        var text = PlainEmitter.Emit(new(inputs, inputs.Select((x, i) => ($"y{i}", Exp(x)))), []).Text;
        foreach (var line in new[] { "h1_w = ", "h1_w_ = ", "for_ = ", "x_1st = ", "v_3_ = ", "_ = ", "x_ = ", "inputs_ = ", "step_ = ", "philox_ = " }) Assert.Contains($"    {line}inputs[", text);
        Assert.Null(Record.Exception(() => TorchTestRuntime.Missing is null ? TorchTestRuntime.Runtime.Compile(text) : null));
    }

    private static TensorType TypeOf(Tensor x) => new(x.DType, x.Shape);

    private static void Check(TensorGraph graph, EqArray<Carry> carries, HostTensor[] inputs, string what = "")
    {
        using var run = TorchRun.Start(graph, inputs, carries);
        using var fused = new TorchBackend(TorchTestRuntime.Runtime, TorchDevice.Cpu, new TorchOptions()).Compile(graph, new CompileOptions { Carries = carries });
        for (var i = 0; i < inputs.Length; i++) fused.Write(i, inputs[i]);
        for (var step = 0; step < 4; step++)
        {
            var expected = Reference.Evaluate(graph, inputs);
            var actual = run.Next();
            fused.Run();
            foreach (var carry in carries) inputs[carry.Input] = expected[carry.Output];
            for (var i = 0; i < expected.Length; i++) Compare.Close(expected[i], actual[i], 64, 1, $"{what}step {step}, {graph.Outputs[i].Name}");
            for (var i = 0; i < expected.Length; i++) Compare.Close(expected[i], fused.Read(i, TypeOf(graph.Outputs[i].Value)), 64, 1, $"{what}fused, step {step}, {graph.Outputs[i].Name}");
            for (var i = 0; i < inputs.Length; i++) Compare.Close(inputs[i], fused.ReadInput(i, TypeOf(graph.Inputs[i])), 64, 1, $"{what}fused, step {step}, {graph.Inputs[i].InputName()}");
            for (var i = 0; i < inputs.Length; i++) Compare.Close(inputs[i], run.Input(i), 64, 1, $"{what}step {step}, {graph.Inputs[i].InputName()}");
        }
    }
}
