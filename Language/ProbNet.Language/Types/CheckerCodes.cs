using ProbNet.Graph;

namespace ProbNet.Language.Types;

/// <summary>The codes of the checker and the elaborator: 03 names and kinds of values, 04 shapes, 05 models, sites and data binding, 09 warnings.</summary>
public static class CheckerCodes
{
    /// <summary>A name that nothing in scope has.</summary>
    public static readonly DiagnosticCode UndefinedName = Error("PN0301", "undefined name");

    /// <summary>Something that is not a function stands before arguments, or a function gets too many.</summary>
    public static readonly DiagnosticCode NotAFunction = Error("PN0302", "not a function");

    /// <summary>A value of another kind is needed here.</summary>
    public static readonly DiagnosticCode WrongKind = Error("PN0303", "wrong kind of value");

    /// <summary>A pattern that the value does not have the form of.</summary>
    public static readonly DiagnosticCode PatternMismatch = Error("PN0304", "pattern does not fit");

    /// <summary>Two declarations with one name.</summary>
    public static readonly DiagnosticCode DuplicateDeclaration = Error("PN0305", "declared twice");

    /// <summary>A module that does not exist.</summary>
    public static readonly DiagnosticCode UnknownModule = Error("PN0306", "unknown module");

    /// <summary>A function that applies itself without end.</summary>
    public static readonly DiagnosticCode EndlessEvaluation = Error("PN0307", "evaluation does not end");

    /// <summary>A field a record does not have.</summary>
    public static readonly DiagnosticCode UnknownField = Error("PN0308", "unknown field");

    /// <summary><c>let!</c>, <c>do!</c> or <c>return!</c> with something that is not random.</summary>
    public static readonly DiagnosticCode NotRandom = Error("PN0309", "nothing to draw");

    /// <summary>A distribution or random computation used as if it had been drawn.</summary>
    public static readonly DiagnosticCode NotDrawn = Error("PN0310", "not drawn yet");

    /// <summary>A function used before all its arguments were given.</summary>
    public static readonly DiagnosticCode MissingArguments = Error("PN0311", "missing arguments");

    /// <summary>A form the language does not give a meaning to here.</summary>
    public static readonly DiagnosticCode Unsupported = Error("PN0312", "not supported");

    /// <summary>Modules that open each other in a circle.</summary>
    public static readonly DiagnosticCode ModuleCycle = Error("PN0313", "modules open each other");

    /// <summary>Several files that are one module by name.</summary>
    public static readonly DiagnosticCode DuplicateModule = Error("PN0314", "module in several files");

    /// <summary>The inner dimensions of a matrix product differ.</summary>
    public static readonly DiagnosticCode MatrixProduct = Error("PN0401", "matrix product does not fit");

    /// <summary>Two shapes that do not broadcast.</summary>
    public static readonly DiagnosticCode Broadcast = Error("PN0402", "shapes do not fit");

    /// <summary>A tensor with too few or too many axes.</summary>
    public static readonly DiagnosticCode Rank = Error("PN0403", "wrong number of axes");

    /// <summary>An index outside the axis.</summary>
    public static readonly DiagnosticCode IndexRange = Error("PN0404", "index out of range");

    /// <summary>A list of another length than needed.</summary>
    public static readonly DiagnosticCode ListLength = Error("PN0405", "wrong list length");

    /// <summary>An argument whose shape is not the declared one.</summary>
    public static readonly DiagnosticCode ArgumentShape = Error("PN0406", "argument has another shape");

    /// <summary>A size or count that must be known before running.</summary>
    public static readonly DiagnosticCode NotStatic = Error("PN0407", "not known before running");

    /// <summary>Parameters of a distribution whose event axes disagree.</summary>
    public static readonly DiagnosticCode EventShape = Error("PN0408", "distribution parameters do not fit");

    /// <summary>An observed value whose shape is not the distribution's.</summary>
    public static readonly DiagnosticCode ObserveShape = Error("PN0409", "observation does not fit");

    /// <summary>A size that is not positive.</summary>
    public static readonly DiagnosticCode BadSize = Error("PN0410", "impossible size");

    /// <summary>Element counts that do not agree in a change of shape.</summary>
    public static readonly DiagnosticCode Reshape = Error("PN0411", "element counts differ");

    /// <summary>A number written as a distribution's parameter that the parameter cannot be.</summary>
    public static readonly DiagnosticCode ParameterSupport = Error("PN0412", "impossible parameter");

    /// <summary>Distributions that cannot be the parts of a mixture, a hidden Markov model or another distribution made from distributions.</summary>
    public static readonly DiagnosticCode CompositeParts = Error("PN0413", "distributions do not fit together");

    /// <summary>A loop whose state changes its type or shape from step to step.</summary>
    public static readonly DiagnosticCode LoopState = Error("PN0414", "state of a loop changes");

    /// <summary>Windows of a convolution or pooling that do not fit the image, or a kernel that does not fit the channels.</summary>
    public static readonly DiagnosticCode Window = Error("PN0420", "windows do not fit");

    /// <summary>Two arguments, sites or reported values with one name.</summary>
    public static readonly DiagnosticCode DuplicateSite = Error("PN0501", "name used twice");

    /// <summary>A model whose body is not random.</summary>
    public static readonly DiagnosticCode ModelBody = Error("PN0502", "model is not a prob block");

    /// <summary>A model parameter without a type.</summary>
    public static readonly DiagnosticCode ParameterType = Error("PN0503", "model parameter needs a type");

    /// <summary>A dimension that neither data nor options fix.</summary>
    public static readonly DiagnosticCode UnboundDimension = Error("PN0504", "dimension not bound");

    /// <summary>Data whose shape is not what the model declares.</summary>
    public static readonly DiagnosticCode DataShape = Error("PN0505", "data has another shape");

    /// <summary>A data binding that names neither an argument nor a site.</summary>
    public static readonly DiagnosticCode UnknownBinding = Error("PN0506", "data for an unknown name");

    /// <summary>A model argument without data.</summary>
    public static readonly DiagnosticCode MissingData = Error("PN0507", "argument without data");

    /// <summary>Data of another element type than the site's.</summary>
    public static readonly DiagnosticCode DataType = Error("PN0508", "data has another type");

    /// <summary>A value outside the site's support.</summary>
    public static readonly DiagnosticCode DataSupport = Error("PN0509", "data outside the support");

    /// <summary><c>deterministic</c> whose value is not bound by <c>let</c>.</summary>
    public static readonly DiagnosticCode UnnamedDeterministic = Error("PN0511", "deterministic value without a name");

    /// <summary>A guide program for a model that does not exist.</summary>
    public static readonly DiagnosticCode GuideModel = Error("PN0520", "guide for an unknown model");

    /// <summary>A parameter of a guide program that its model does not have.</summary>
    public static readonly DiagnosticCode GuideParameter = Error("PN0521", "guide takes what the model lacks");

    /// <summary>A parameter of a guide program with another type than in the model.</summary>
    public static readonly DiagnosticCode GuideParameterType = Error("PN0522", "guide takes another type");

    /// <summary>A draw of a guide program that is no site of its model.</summary>
    public static readonly DiagnosticCode GuideExtraSite = Error("PN0523", "guide draws what the model lacks");

    /// <summary>A draw of a guide program with another shape than the model's site.</summary>
    public static readonly DiagnosticCode GuideShape = Error("PN0524", "guide draws another shape");

    /// <summary>A draw of a guide program from another set of values than the model's site.</summary>
    public static readonly DiagnosticCode GuideSupport = Error("PN0525", "guide draws from another support");

    /// <summary>A draw of a guide program through which no gradient passes.</summary>
    public static readonly DiagnosticCode GuideWithoutGradient = Error("PN0526", "guide draw without gradient");

    /// <summary>A statement that has no meaning in a guide program.</summary>
    public static readonly DiagnosticCode GuideStatement = Error("PN0527", "statement has no meaning in a guide");

    /// <summary>A guide program without draws.</summary>
    public static readonly DiagnosticCode GuideDrawsNothing = Error("PN0528", "guide draws nothing");

    /// <summary>An argument with a default whose type or value is not static.</summary>
    public static readonly DiagnosticCode StaticArgument = Error("PN0512", "static argument");

    /// <summary>A draw that nothing depends on.</summary>
    public static readonly DiagnosticCode UnusedSite = Warning("PN0901", "drawn but never used");

    /// <summary>An argument of a model that nothing mentions.</summary>
    public static readonly DiagnosticCode UnusedArgument = Warning("PN0903", "argument never used");

    /// <summary>A computed value that nothing mentions.</summary>
    public static readonly DiagnosticCode UnusedDefinition = Warning("PN0904", "computed but never used");

    /// <summary>A parameter whose values may lie outside its range.</summary>
    public static readonly DiagnosticCode OutsideParameter = Warning("PN0910", "parameter may leave its range");

    /// <summary>Probabilities given as logits.</summary>
    public static readonly DiagnosticCode ProbabilityAsLogit = Warning("PN0911", "probabilities where logits are meant");

    /// <summary>A vector and a column that broadcast to all pairs.</summary>
    public static readonly DiagnosticCode AllPairs = Warning("PN0912", "shapes broadcast to all pairs");

    /// <summary>A scale that nobody works in.</summary>
    public static readonly DiagnosticCode ExtremeScale = Warning("PN0913", "extreme scale");

    /// <summary>A prior that is meant to be vague and is not.</summary>
    public static readonly DiagnosticCode VaguePrior = Warning("PN0914", "prior not vague");

    /// <summary>Whole numbers bound to a continuous site.</summary>
    public static readonly DiagnosticCode IntegerData = Warning("PN0920", "whole numbers at a continuous site");

    /// <summary>Data with one value in all rows.</summary>
    public static readonly DiagnosticCode ConstantData = Warning("PN0921", "data does not vary");

    /// <summary>A model none of whose sites data is bound to.</summary>
    public static readonly DiagnosticCode NothingObserved = Warning("PN0902", "nothing observed");

    /// <summary>All of them.</summary>
    public static EqArray<DiagnosticCode> All =>
    [
        UndefinedName, NotAFunction, WrongKind, PatternMismatch, DuplicateDeclaration, UnknownModule, EndlessEvaluation, UnknownField, NotRandom,
        NotDrawn, MissingArguments, Unsupported, ModuleCycle, DuplicateModule, MatrixProduct, Broadcast, Rank, IndexRange, ListLength, ArgumentShape, NotStatic, EventShape,
        ObserveShape, BadSize, Reshape, ParameterSupport, LoopState, CompositeParts, Window, DuplicateSite, ModelBody, ParameterType, UnboundDimension, DataShape, UnknownBinding, MissingData, DataType,
        DataSupport, UnnamedDeterministic, StaticArgument, GuideModel, GuideParameter, GuideParameterType, GuideExtraSite, GuideShape, GuideSupport, GuideWithoutGradient, GuideStatement, GuideDrawsNothing, NothingObserved,
        UnusedSite, UnusedArgument, UnusedDefinition, OutsideParameter, ProbabilityAsLogit, AllPairs, ExtremeScale, VaguePrior, IntegerData, ConstantData,
    ];

    private static DiagnosticCode Warning(string id, string title) => new(id, Severity.Warning, title);

    private static DiagnosticCode Error(string id, string title) => new(id, Severity.Error, title);
}
