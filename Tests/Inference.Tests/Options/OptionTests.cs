using System.Text.Json.Nodes;
using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Estimators;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Optimizers;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Tests.Options;

public class OptionTests
{
    private static OptionValue.Call Call(string name, EqArray<OptionValue> arguments = default, params EqArray<NamedOption> options) => new(name, arguments, options);

    private static NamedOption Is(string name, OptionValue value) => new(name, value);

    private static OptionValue.Number Number(double x) => new(x);

    private static OptionValue.Integer Integer(long x) => new(x);

    [Fact]
    public void OptionsAreBoundByPositionAndByName()
    {
        var vi = (Vi)AlgorithmRegistry.Algorithms.Bind(Call("vi", [Call("normal", [Number(0.02)])],
            Is("estimator", Call("flipout")), Is("optimizer", Call("adam", [Number(1e-2)])), Is("epochs", Integer(150)), Is("batch", Integer(32)),
            Is("schedule", Call("warmup", [], Is("epochs", Integer(3)), Is("next", Call("cosine", [Number(0.1)])))), Is("clip", Integer(1)))).Required;
        var expected = new Vi
        {
            Guide = [new(new NormalGuide { InitialScale = 0.02 })],
            Estimator = new FlipoutEstimator(),
            Training = new()
            {
                Optimizer = new Adam { Rate = 1e-2 }, Epochs = 150, Batch = 32, Clip = 1, Schedule = new WarmupSchedule { Epochs = 3, Then = new CosineSchedule { Floor = 0.1 } },
            },
        };
        Assert.Equal(expected, vi);
    }

    [Fact]
    public void GuidesAreBoundFromClauses()
    {
        var clauses = new OptionValue.List([Call("on", [Call("delta"), new OptionValue.Text("*.b")]), Call("normal")]);
        var vi = (Vi)AlgorithmRegistry.Algorithms.Bind(Call("vi", [clauses])).Required;
        Assert.Equal([new(new DeltaGuide(), "*.b"), new(new NormalGuide())], vi.Guide);
        Assert.Equal("[cover delta \"*.b\"; normal { initialScale = 0.05 }]", GuideClauses.Write(vi.Guide).ToString());
    }

    [Fact]
    public void MistakesAreAnsweredOneByOne()
    {
        (OptionValue Value, Language.DiagnosticCode Code, string Message, string? Hint)[] cases =
        [
            (Call("vy"), InferenceCodes.UnknownName, "no algorithm 'vy'", "'vi'"),
            (Call("vi", [], Is("epoch", Integer(3))), InferenceCodes.UnknownOption, "no option 'epoch'", "'epochs'"),
            (Call("vi", [], Is("epochs", Number(2.5))), InferenceCodes.WrongType, "expects an integer from 1, not the number 2.5", null),
            (Call("vi", [], Is("epochs", Integer(0))), InferenceCodes.OutOfRange, "expects an integer from 1, not 0", null),
            (Call("vi", [], Is("epochs", Integer(1L << 40))), InferenceCodes.OutOfRange, "epochs", null),
            (Call("vi", [], Is("temperature", Integer(0))), InferenceCodes.OutOfRange, "a number above 0", null),
            (Call("vi", [], Is("temperature", Number(double.NaN))), InferenceCodes.OutOfRange, "a number above 0", null),
            (Call("vi", [], Is("estimator", Call("flipped"))), InferenceCodes.UnknownName, "no estimator 'flipped'", "'flipout'"),
            (Call("vi", [], Is("optimizer", Number(1e-3))), InferenceCodes.WrongType, "expected optimiser, one of adam, adamw, sgd, rmsprop, ivon, von, not the number 0.001", null),
            (Call("vi", [], Is("optimizer", Call("adam", [Number(-1)]))), InferenceCodes.OutOfRange, "'rate' expects a number above 0, not -1.0", null),
            (Call("vi", [], Is("optimizer", Call("sgd", [], Is("momentum", Number(1))))), InferenceCodes.OutOfRange, "a number in [0, 1)", null),
            (Call("vi", [], Is("optimizer", Call("sgd", [], Is("nesterov", Integer(1))))), InferenceCodes.WrongType, "true or false", null),
            (Call("vi", [], Is("batch", Integer(3)), Is("batch", Integer(3))), InferenceCodes.GivenTwice, "'batch'", null),
            (Call("vi", [], Is("estimator", Call("shared", [Integer(1)]))), InferenceCodes.TooManyArguments, "at most 0", null),
            (Call("vi", [Call("normale")]), InferenceCodes.UnknownName, "no guide family 'normale'", "'normal'"),
        ];
        foreach (var (value, code, message, hint) in cases)
        {
            var bound = AlgorithmRegistry.Algorithms.Bind(value);
            Assert.Null(bound.Value);
            var diagnostic = Assert.Single(bound.Diagnostics);
            Assert.Equal(code, diagnostic.Code);
            Assert.Contains(message, diagnostic.Message);
            if (hint is not null) Assert.Contains(hint, diagnostic.Hint);
        }
        Assert.Equal(2, AlgorithmRegistry.Algorithms.Bind(Call("vi", [], Is("epochs", Integer(0)), Is("samplez", Integer(3)))).Diagnostics.Count);
    }

    [Fact]
    public void EveryComponentIsDocumentedPrintsAndComesBackAsItWas()
    {
        Component[] all = [.. AlgorithmRegistry.Algorithms.All, .. GuideRegistry.Families.All, .. EstimatorRegistry.Estimators.All, .. OptimizerRegistry.Optimizers.All, .. ScheduleRegistry.Schedules.All];
        Assert.Equal(all.Length, all.Select(c => c.GetType()).Distinct().Count());
        foreach (var component in all)
        {
            Assert.False(string.IsNullOrWhiteSpace(component.Doc) || string.IsNullOrWhiteSpace(component.Source), component.Name);
            Assert.All(component.Options, o => Assert.False(string.IsNullOrWhiteSpace(o.Doc)));
            Assert.Equal(component.Options.Count, component.Options.Select(o => o.Name).Distinct().Count());
            var value = component.ToValue();
            var json = JsonNode.Parse(OptionJson.Write(value).ToJsonString());
            Assert.Equal(value, OptionJson.Read(json));
            Component back = component switch
            {
                Algorithm => AlgorithmRegistry.Algorithms.Bind(value).Required,
                GuideFamily => GuideRegistry.Families.Bind(value).Required,
                Estimator => EstimatorRegistry.Estimators.Bind(value).Required,
                Optimizer => OptimizerRegistry.Optimizers.Bind(value).Required,
                _ => ScheduleRegistry.Schedules.Bind(value).Required,
            };
            Assert.Equal(component, back);
        }
        var vi = new Vi { Training = new() { Batch = 32, Clip = 0.5, Optimizer = new Sgd { Rate = 0.3, Nesterov = true } }, Guide = [new(new DeltaGuide(), "a.\"b"), new(new NormalGuide())] };
        Assert.Equal(vi, AlgorithmRegistry.Algorithms.Bind(OptionJson.Read(JsonNode.Parse(OptionJson.Write(vi.ToValue()).ToJsonString()))).Required);
    }

    [Fact]
    public void ValuesPrintAsPrograms()
    {
        Assert.Equal("adam { rate = 0.001; beta1 = 0.9; beta2 = 0.999; epsilon = 1E-08 }", new Adam().ToString());
        Assert.Equal("2.0", Number(2).ToString());
        Assert.Equal("vi (normal 0.5) [1; true] { a = \"x\\\"y\" }", Call("vi", [Call("normal", [Number(0.5)]), new OptionValue.List([Integer(1), new OptionValue.Boolean(true)])], Is("a", new OptionValue.Text("x\"y"))).ToString());
    }

    [Fact]
    public void JsonKeepsEveryValue()
    {
        OptionValue[] values =
        [
            Number(1), Number(1e300), Number(0.1), Number(double.NaN), Number(double.NegativeInfinity), Integer(1), Integer(long.MinValue), new OptionValue.Boolean(true),
            new OptionValue.Text("a"), Call("a"), Call("a", [Call("b", [Number(2)])], Is("c", new OptionValue.List([Integer(3), new OptionValue.List([])]))),
        ];
        foreach (var value in values) Assert.Equal(value, OptionJson.Read(JsonNode.Parse(OptionJson.Write(value).ToJsonString())));
        Assert.Throws<FormatException>(() => OptionJson.Read(null));
        Assert.Throws<FormatException>(() => OptionJson.Read(JsonNode.Parse("{\"nom\": 1}")));
    }
}
